import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { places } from './places.mjs';
import { runPeerScript } from './run.mjs';

/** What a reader needs to judge the figures: processor, versions, and how busy the machine was. */
export function machine() {
  const versionIn = (...folder) =>
    JSON.parse(readFileSync(join(places.project, ...folder, 'package.json'), 'utf8')).version;
  const processors = cpus();
  return {
    cpu: processors[0].model.trim(),
    avx512Vnni: process.platform === 'linux' && readFileSync('/proc/cpuinfo', 'utf8').includes('avx512_vnni'),
    cores: processors.length,
    loadAtStart: Number(loadavg()[0].toFixed(1)),
    pare: versionIn(),
    node: process.versions.node,
    'onnxruntime-node': versionIn('node_modules', 'onnxruntime-node'),
    sharp: versionIn('node_modules', 'sharp'),
    peer: runPeerScript('versions.py'),
  };
}
