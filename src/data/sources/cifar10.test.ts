import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collect } from '../../testing/collect.ts';
import { openDataset } from '../open-dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-cifar10-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A record whose byte at k is (label + k) mod 251. */
function record(label: number): Uint8Array {
  const bytes = Uint8Array.from({ length: 3073 }, (_, k) => (label + k - 1) % 251);
  bytes[0] = label;
  return bytes;
}

test('several files, plain and gzip, keep planes and order', async () => {
  await writeFile(join(folder, 'a.bin'), Buffer.concat([record(3), record(4)]));
  await writeFile(join(folder, 'b.bin.gz'), gzipSync(record(5)));
  const dataset = await openDataset({ kind: 'cifar10', files: ['b.bin.gz', 'a.bin'] }, { baseDir: folder });
  const [batch] = await collect(dataset.batches({ batchSize: 3 }));
  expect(batch.labels).toEqual(Int32Array.of(5, 3, 4));
  const expected = [5, 3, 4].flatMap((label) => Array.from(record(label).subarray(1)));
  expect(batch.inputs.pixels.data).toEqual(Float32Array.from(expected));
});

test('a file of other lengths is refused when opened, a wrong label when read', async () => {
  await writeFile(join(folder, 'short.bin'), record(1).subarray(1));
  await expect(
    openDataset({ kind: 'cifar10', files: 'short.bin' }, { baseDir: folder }),
  ).rejects.toMatchObject({
    code: 'data-file-malformed',
    expected: 'a multiple of 3073 bytes',
    got: '3072 bytes',
  });
  await writeFile(join(folder, 'label.bin'), Buffer.concat([record(9), record(10)]));
  const dataset = await openDataset({ kind: 'cifar10', files: 'label.bin' }, { baseDir: folder });
  await expect(collect(dataset.batches({ batchSize: 2 }))).rejects.toMatchObject({
    where: `${join(folder, 'label.bin')}, record 1`,
    expected: 'a label of 0 .. 9',
    got: '10',
  });
});
