import { resolve } from 'node:path';

const project = resolve(import.meta.dirname, '../..');
const cache = resolve(project, '.cache');

/** Folders and programs of the bench, absolute. */
export const places = {
  project,
  assets: resolve(process.env.PARE_ASSETS ?? resolve(project, '../shared/assets')),
  cifarTrain: resolve(cache, 'cifar10'),
  python: resolve(cache, 'peers-venv/bin/python'),
  peers: resolve(project, 'bench/peers'),
  results: resolve(project, 'bench/results'),
  /** Dataset files, arrays and models of a run; emptied when one starts. */
  scratch: resolve(cache, 'bench'),
  /** pare as it was built when the run started: somebody may build meanwhile. */
  pare: resolve(cache, 'bench/dist'),
};
