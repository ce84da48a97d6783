import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { places } from './places.mjs';
import { runPeerScript } from './run.mjs';

/** What a reader needs to judge the figures: processor, versions, and how busy the machine was. */
export function machine() {
  const require = createRequire(join(places.project, 'package.json'));
  const installed = (name) =>
    JSON.parse(readFileSync(join(places.project, 'node_modules', name, 'package.json'), 'utf8')).version;
  const processors = cpus();
  return {
    cpu: processors[0].model.trim(),
    avx512Vnni: process.platform === 'linux' && readFileSync('/proc/cpuinfo', 'utf8').includes('avx512_vnni'),
    cores: processors.length,
    loadAtStart: Math.round(loadavg()[0] * 10) / 10,
    pare: require('./package.json').version,
    node: process.versions.node,
    'onnxruntime-node': installed('onnxruntime-node'),
    sharp: installed('sharp'),
    peer: runPeerScript('versions.py'),
  };
}
