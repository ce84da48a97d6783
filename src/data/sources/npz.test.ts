import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PareError } from '../../base/pare-error.ts';
import { collect } from '../../testing/collect.ts';
import type { DatasetFile } from '../dataset-file.ts';
import { openDataset } from '../open-dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-npz-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** An .npy file of version 1.0, as numpy pads it. */
function npy(descr: string, shape: number[], data: ArrayBufferView, order = 'False'): Uint8Array {
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${dimensions}), }`;
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const head = Buffer.from(`\x93NUMPY\x01\x00..${padded}`, 'latin1');
  head.writeUInt16LE(padded.length, 8);
  return Buffer.concat([head, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

async function open(files: Record<string, Uint8Array>, options: Partial<DatasetFile> = {}) {
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  const spec = { kind: 'npz', files: Object.keys(files), ...options };
  // Every test gives options of this kind.
  return openDataset(spec as DatasetFile, { baseDir: folder });
}

async function rows(files: Record<string, Uint8Array>, options?: Partial<DatasetFile>, indices?: number[]) {
  const dataset = await open(files, options);
  const [batch] = await collect(dataset.batches({ batchSize: 100, ...(indices && { indices }) }));
  return { ...batch, dataset };
}

const x = Int16Array.from({ length: 12 }, (_, i) => 100 * i - 500); // [3, 2, 2]
const y = BigInt64Array.of(2n, 0n, 1n);

describe('arrays', () => {
  test.each([0, 6] as const)(
    'an .npz of level %i: fields keep their types, labels go their own way',
    async (level) => {
      const bytes = zipSync({ 'x.npy': npy('<i2', [3, 2, 2], x), 'y.npy': npy('<i8', [3], y) }, { level });
      const { inputs, labels, dataset } = await rows({ 'a.npz': bytes }, { labels: 'y' }, [2, 0]);
      expect(Object.keys(inputs)).toEqual(['x']);
      expect(inputs.x).toEqual({
        dtype: 'int16',
        shape: [2, 2, 2],
        data: Int16Array.of(300, 400, 500, 600, -500, -400, -300, -200),
      });
      expect(labels).toEqual(Int32Array.of(1, 2));
      expect(dataset).toMatchObject({ length: 3, task: 'classification' });
    },
  );

  test('Fortran order and big-endian bytes give the same rows', async () => {
    // numpy: np.asfortranarray(x).astype('>i2').tobytes('F')
    const order = [0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11];
    const swapped = new DataView(new ArrayBuffer(24));
    for (const [at, from] of order.entries()) swapped.setInt16(2 * at, x[from]);
    const { inputs } = await rows({ 'x.npy': npy('>i2', [3, 2, 2], swapped, 'True') });
    expect(inputs.x.data).toEqual(x);
  });

  test('scale, type and shape of a field; several .npz follow each other', async () => {
    const part = (values: number[]) =>
      zipSync({ 'p.npy': npy('|u1', [values.length / 2, 2], Uint8Array.from(values)) });
    const { inputs } = await rows(
      { '1.npz': part([0, 51, 102, 255]), '2.npz': part([204, 153]) },
      { fields: { p: { scale: 1 / 255, mean: 0.2, std: 2, shape: [1, 2] } } },
      [2, 1],
    );
    expect(inputs.p.shape).toEqual([2, 1, 2]);
    const expected = [0.8, 0.6, 0.4, 1].map((value) => (value - 0.2) / 2);
    for (const [i, value] of expected.entries()) expect(inputs.p.data[i]).toBeCloseTo(value, 7);
  });

  test('targets make it regression; NaN in them is an error, as is a sequence of floats', async () => {
    const files = {
      'x.npy': npy('<f4', [2, 1], Float32Array.of(1, 2)),
      't.npy': npy('<f8', [2], Float64Array.of(0.5, Number.NaN)),
    };
    const { targets, dataset } = await rows(files, { targets: 't' }, [0]);
    expect(dataset.task).toBe('regression');
    expect(targets).toEqual({ dtype: 'double', shape: [1], data: Float64Array.of(0.5) });
    await expect(rows(files, { targets: 't' })).rejects.toMatchObject({
      code: 'target-unusable',
      got: 'NaN at element 0',
    });
    await expect(rows(files, { targets: 't', task: 'sequence' }, [0])).rejects.toMatchObject({
      got: 'double',
    });
  });

  test('numbers become int64, rounded half to even', async () => {
    const { inputs } = await rows(
      { 'x.npy': npy('<f4', [4], Float32Array.of(0.5, 1.5, -2.5, 7)) },
      { fields: { x: { dtype: 'int64' } } },
    );
    expect(inputs.x.data).toEqual(BigInt64Array.of(0n, 2n, -2n, 7n));
  });
});

describe('what is refused', () => {
  test.each([
    ['pickled objects', npy('|O', [1], new Uint8Array(8)), { code: 'object-array-refused' }],
    ['strings', npy('<U3', [1], new Uint8Array(12)), { code: 'data-file-malformed', got: '<U3' }],
    ['too short', npy('<f4', [3], new Float32Array(2)), { expected: '140 bytes', got: '136 bytes' }],
    ['a scalar', npy('<f4', [], Float32Array.of(1)), { got: 'a scalar' }],
    ['endless shape', npy('|u1', [2 ** 40, 2 ** 40], new Uint8Array(1)), { code: 'data-file-malformed' }],
    ['no numpy file', strToU8('PNG and much more text'), { code: 'data-file-malformed' }],
  ])('%s', async (_, bytes, expected) => {
    await expect(open({ 'x.npy': bytes })).rejects.toMatchObject(expected);
  });

  test('a header that says it is longer than the file', async () => {
    const bytes = npy('<f4', [1], Float32Array.of(1));
    bytes[8] = bytes[9] = 255;
    await expect(open({ 'x.npy': bytes })).rejects.toMatchObject({ got: '65535 bytes' });
  });

  test('unknown arrays, other lengths and two judges, all of them with their names', async () => {
    const files = { 'x.npy': npy('<i2', [3, 2, 2], x), 'y.npy': npy('<i8', [2], y.subarray(1)) };
    await expect(open(files, { labels: 'y' })).rejects.toThrow('array "y" has 2 samples, "x" has 3');
    await expect(open(files, { labels: 'z' })).rejects.toThrow('there is no array "z"; the files hold x, y');
    await expect(open(files, { labels: 'y', targets: 'y' })).rejects.toThrow(
      'labels and targets exclude each other',
    );
  });

  test('labels that are no class', async () => {
    const files = {
      'x.npy': npy('<i2', [3, 2, 2], x),
      'y.npy': npy('<i8', [3], BigInt64Array.of(1n, -1n, 0n)),
    };
    await expect(rows(files, { labels: 'y' })).rejects.toMatchObject({ got: '-1' });
  });

  test('a directory that promises more than it can hold, or less than it does', async () => {
    const bomb = zipSync({ 'x.npy': npy('|u1', [100_000], new Uint8Array(100_000)) });
    const header = Buffer.from(bomb.buffer, bomb.byteOffset).indexOf('PK\x01\x02', 'latin1');
    const lie = (size: number) => {
      const bytes = Buffer.from(bomb);
      bytes.writeUInt32LE(size, header + 24);
      return open({ 'x.npz': bytes });
    };
    await expect(lie(2 ** 31 - 1)).rejects.toMatchObject({
      code: 'data-file-malformed',
      got: '2147483647 bytes',
    });
    await expect(lie(5000)).rejects.toMatchObject({ got: expect.stringContaining('more than 5000 bytes') });
    await expect(lie(100_500)).rejects.toMatchObject({ code: 'data-file-malformed' });
  });

  test('damaged bytes give a PareError or the right number of samples', async () => {
    const good = zipSync({ 'x.npy': npy('<i2', [3, 2, 2], x) });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.option(fc.nat()),
        async (at, change, cut) => {
          const bytes = Uint8Array.from(good);
          bytes[at % bytes.length] ^= change;
          const damaged = cut === null ? bytes : bytes.subarray(0, cut % bytes.length);
          const result = await rows({ 'd.npz': damaged }).catch((cause: unknown) => cause);
          if (result instanceof Error) expect(result).toBeInstanceOf(PareError);
        },
      ),
      { numRuns: 200 },
    );
  });
});
