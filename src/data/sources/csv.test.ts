import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../../testing/collect.ts';
import type { DatasetFile } from '../dataset-file.ts';
import { openDataset } from '../open-dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-csv-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(table: string | Uint8Array, options: Partial<DatasetFile> = {}) {
  await writeFile(join(folder, 't.csv'), table);
  // Every test gives options of this kind.
  const spec = { kind: 'csv', files: 't.csv', ...options } as DatasetFile;
  const dataset = await openDataset(spec, { baseDir: folder });
  const [batch] = await collect(dataset.batches({ batchSize: 100 }));
  return { ...batch, dataset };
}

const IRIS = 'a,b,species\n5.1,3.5,setosa\n-7e-1,.25,virginica\n6,2,setosa\n';

describe('csv', () => {
  test('features, and names as classes', async () => {
    const { inputs, labels, dataset } = await read(IRIS, { labels: 'species' });
    expect(inputs.features).toEqual({
      dtype: 'float',
      shape: [3, 2],
      data: Float32Array.of(5.1, 3.5, -0.7, 0.25, 6, 2),
    });
    expect(labels).toEqual(Int32Array.of(0, 1, 0));
    expect(dataset.classNames).toEqual(['setosa', 'virginica']);
  });

  test('given classes fix the numbers; an unknown one is refused', async () => {
    const { labels } = await read(IRIS, { labels: 2, classes: ['virginica', 'none', 'setosa'] });
    expect(labels).toEqual(Int32Array.of(2, 0, 2));
    await expect(read(IRIS, { labels: 'species', classes: ['setosa'] })).rejects.toThrow(
      'label "virginica" is not one of the classes',
    );
  });

  test('several fields, targets, no header, another delimiter, gzip', async () => {
    const { inputs, targets, dataset } = await read(gzipSync('1;2;"3"\n4;5;6\n'), {
      header: false,
      delimiter: ';',
      features: { left: [1], both: [2, 1] },
      targets: 0,
      dtype: 'int64',
    });
    expect(inputs.left.data).toEqual(BigInt64Array.of(2n, 5n));
    expect(inputs.both.data).toEqual(BigInt64Array.of(3n, 2n, 6n, 5n));
    expect(targets).toEqual({ dtype: 'int64', shape: [2, 1], data: BigInt64Array.of(1n, 4n) });
    expect(dataset.task).toBe('regression');
  });

  test.each([
    ['a,b\n1,\n', 'row 1, column "b": "" is no float number'],
    ['a\n1\nNaN\n', 'row 2, column "a": "NaN" is no float number'],
    ['a\n1e999\n', '"1e999" is no float number'],
    ['a\n0x10\n', '"0x10" is no float number'],
    ['a,b\n1,2,3\n', 'Invalid Record Length'],
    ['a\n"1\n', 'Quote Not Closed'],
    ['a,b\n', 'the table has no rows'],
    ['', 'the table has no rows'],
  ])('%j is refused', async (table, message) => {
    await expect(read(table)).rejects.toThrow(message);
  });

  test('unknown columns are all named, int8 out of range is refused', async () => {
    await expect(read(IRIS, { labels: 'kind', features: ['c', 9] })).rejects.toThrow(
      /"kind"[\s\S]*"c"[\s\S]*9/,
    );
    await expect(read('a\n128\n', { dtype: 'int8' })).rejects.toThrow('"128" is no int8 number');
    await expect(read('a\n1.5\n', { dtype: 'int64' })).rejects.toThrow('"1.5" is no int64 number');
  });
});
