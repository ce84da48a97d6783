// Unpacks the data sets of the assets that the dataset files beside this script need unpacked, into .cache/ of the project.
// usage: node bench/data/prepare.mjs      PARE_ASSETS: the assets, default ../shared/assets beside the project
import { execFileSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const project = resolve(import.meta.dirname, '../..');
const assets = resolve(process.env.PARE_ASSETS ?? join(project, '../shared/assets'));
const target = join(project, '.cache/cifar10');

if (existsSync(target)) {
  console.error(`${target} is there already`);
} else {
  // Under another name until it is whole, so that a killed run leaves nothing that looks ready.
  const partial = `${target}.${process.pid}`;
  try {
    execFileSync(process.execPath, [join(assets, 'cifar10/unpack.mjs'), partial], { stdio: 'inherit' });
    renameSync(partial, target);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
