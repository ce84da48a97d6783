import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PareError } from '../../base/pare-error.ts';
import { collect } from '../../testing/collect.ts';
import { openDataset } from '../open-dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-idx-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** An IDX file of bytes with the dimensions its header states and the values it really holds. */
function idxBytes(dimensions: number[], values: Uint8Array, magic = 0x0800 + dimensions.length): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * dimensions.length));
  for (const [i, word] of [magic, ...dimensions].entries()) header.setUint32(4 * i, word);
  return Buffer.concat([new Uint8Array(header.buffer), values]);
}

async function open(images: Uint8Array, labels?: Uint8Array) {
  await writeFile(join(folder, 'images'), images);
  if (labels) await writeFile(join(folder, 'labels'), labels);
  return openDataset(
    { kind: 'idx', files: 'images', ...(labels && { labels: 'labels' }) },
    { baseDir: folder },
  );
}

const values = Uint8Array.from({ length: 3 * 2 * 4 }, (_, i) => 10 * i);
const good = idxBytes([3, 2, 4], values);
const labels = idxBytes([3], Uint8Array.of(7, 0, 255));

describe('idx', () => {
  test.each([
    ['plain', (bytes: Uint8Array) => bytes],
    ['gzip', (bytes: Uint8Array): Uint8Array => gzipSync(bytes)],
  ])('%s', async (_, pack) => {
    const dataset = await open(pack(good), pack(labels));
    const [batch] = await collect(dataset.batches({ batchSize: 2, indices: [2, 0] }));
    expect(batch.inputs.pixels.shape).toEqual([2, 1, 2, 4]);
    expect(batch.inputs.pixels.data).toEqual(
      Float32Array.of(...values.subarray(16), ...values.subarray(0, 8)),
    );
    expect(batch.labels).toEqual(Int32Array.of(255, 7));
  });

  test('without labels the task is none', async () => {
    expect((await open(good)).task).toBe('none');
  });

  test.each([
    [
      'wrong magic',
      idxBytes([3, 2, 4], values, 0x0d03),
      'magic number 0x00000803 (bytes of rank 3)',
      '0x00000d03',
    ],
    ['short', good.subarray(0, -1), '40 bytes', '39 bytes'],
    ['long', idxBytes([3, 2, 3], values), '34 bytes', '40 bytes'],
    ['short gzip', gzipSync(good.subarray(0, -1)), '40 bytes', '39 bytes'],
    ['long gzip', gzipSync(idxBytes([3, 2, 3], values)), '34 bytes', 'more than 34 bytes'],
    ['no header', Uint8Array.of(0, 0), 'at least 16 bytes', '2 bytes'],
    ['empty images', idxBytes([3, 0, 4], new Uint8Array()), 'images of 1 pixel to 64 Mi pixels', '0 × 4'],
    [
      'a header that promises far too much',
      idxBytes([0xffffffff, 0xffffffff, 2], values),
      'at most 2147483648 bytes',
      'dimensions 4294967295 × 4294967295 × 2',
    ],
  ])('%s is refused', async (_, bytes, expected, got) => {
    await expect(open(bytes)).rejects.toMatchObject({ code: 'data-file-malformed', expected, got });
  });

  test('a gzip cannot promise more than deflate can hold', async () => {
    const bytes = gzipSync(idxBytes([1, 30000, 30000], new Uint8Array(100)));
    await expect(open(bytes)).rejects.toMatchObject({
      code: 'data-file-malformed',
      expected: '900000016 bytes',
    });
  });

  test('damaged bytes give a PareError or the right number of samples', async () => {
    const packed = gzipSync(good);
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.option(fc.nat(), { nil: undefined }),
        async (isPacked, at, change, cut) => {
          const bytes = Uint8Array.from(isPacked ? packed : good);
          bytes[at % bytes.length] ^= change;
          const damaged = cut === undefined ? bytes : bytes.subarray(0, cut % bytes.length);
          const result: unknown = await open(damaged).catch((cause: unknown) => cause);
          if (result instanceof Error) expect(result).toBeInstanceOf(PareError);
        },
      ),
      { numRuns: 200 },
    );
  });
});
