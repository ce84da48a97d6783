import { readdir } from 'node:fs/promises';
import type { DatasetFile } from './dataset-file.ts';

/**
 * The dataset file a folder could do without, or undefined: CIFAR-10 batches, IDX image files, or `labels.csv` with
 * images in `images/` or beside it.
 */
export async function recogniseFolder(folder: string): Promise<DatasetFile | undefined> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.map(({ name }) => name);
  if (names.some((name) => /^(data_batch_|test_batch).*\.bin(\.gz)?$/.test(name)))
    return { kind: 'cifar10', files: '.' };
  if (names.some((name) => /-images[-.]idx3-ubyte(\.gz)?$/.test(name))) return { kind: 'idx', files: '.' };
  if (names.includes('labels.csv')) {
    const hasFolder = entries.some((entry) => entry.name === 'images' && entry.isDirectory());
    return { kind: 'images', files: hasFolder ? 'images' : '.', labels: 'labels.csv' };
  }
  return undefined;
}
