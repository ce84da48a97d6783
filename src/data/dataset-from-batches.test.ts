import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collect } from '../testing/collect.ts';
import type { Batch, Dataset } from './dataset.ts';
import { datasetFromBatches } from './dataset-from-batches.ts';
import { datasetFromTensors } from './dataset-from-tensors.ts';
import { readAhead } from './read-ahead.ts';

/** Sample i is [2i, 2i + 1] with label i % 3. */
function tensors(length: number) {
  const x = {
    dtype: 'float' as const,
    shape: [length, 2],
    data: Float32Array.from({ length: 2 * length }, (_, i) => i),
  };
  return { inputs: { x }, labels: Array.from({ length }, (_, i) => i % 3) };
}

function streamOf(length: number, size: number): () => AsyncIterable<Batch> {
  return () => datasetFromTensors(tensors(length)).batches({ batchSize: size });
}

const read = (dataset: Dataset, batchSize: number, indices?: number[]) =>
  collect(dataset.batches({ batchSize, ...(indices && { indices }) }));

describe('datasetFromTensors', () => {
  test('copies the rows asked for', async () => {
    const dataset = datasetFromTensors(tensors(5));
    expect(await read(dataset, 2, [4, 0, 0])).toEqual([
      {
        inputs: { x: { dtype: 'float', shape: [2, 2], data: Float32Array.of(8, 9, 0, 1) } },
        labels: Int32Array.of(1, 0),
      },
      {
        inputs: { x: { dtype: 'float', shape: [1, 2], data: Float32Array.of(0, 1) } },
        labels: Int32Array.of(0),
      },
    ]);
  });

  test('keeps int64 and text', async () => {
    const ids = { dtype: 'int64' as const, shape: [2], data: BigInt64Array.of(7n, 8n) };
    const words = { dtype: 'string' as const, shape: [2, 1], data: ['a', 'b'] };
    const [batch] = await read(datasetFromTensors({ inputs: { ids, words } }), 1, [1]);
    expect(batch.inputs.ids.data).toEqual(BigInt64Array.of(8n));
    expect(batch.inputs.words.data).toEqual(['b']);
    expect(batch.labels).toBeUndefined();
  });

  test('fields and labels of other lengths are refused', () => {
    expect(() => datasetFromTensors({ ...tensors(3), labels: [1] })).toThrow('1 labels for 3 samples');
  });
});

describe('datasetFromBatches', () => {
  test('gives what the same tensors in memory give, for any regrouping and order', async () => {
    const cases = fc.integer({ min: 1, max: 12 }).chain((length) =>
      fc.record({
        length: fc.constant(length),
        streamSize: fc.integer({ min: 1, max: 5 }),
        batchSize: fc.integer({ min: 1, max: 5 }),
        indices: fc.option(fc.array(fc.nat(length - 1), { maxLength: 20 }), { nil: undefined }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ length, streamSize, batchSize, indices }) => {
        const streamed = datasetFromBatches('stream', streamOf(length, streamSize), { length });
        const held = datasetFromTensors(tensors(length));
        expect(await read(streamed, batchSize, indices)).toEqual(await read(held, batchSize, indices));
      }),
    );
  });

  test('a stream of another length is an error', async () => {
    const short = datasetFromBatches('stream', streamOf(4, 2), { length: 5 });
    await expect(read(short, 2)).rejects.toMatchObject({ code: 'stream-length-mismatch', got: '4' });
    const long = datasetFromBatches('stream', streamOf(4, 2), { length: 3 });
    await expect(read(long, 2)).rejects.toMatchObject({ got: 'at least 4' });
  });
});

describe('readAhead', () => {
  test('keeps the order and never has more than `ahead` reads beyond the current', async () => {
    let begun = 0;
    const seen: number[] = [];
    const later = async (index: number) => {
      begun++;
      await new Promise((done) => setTimeout(done, index % 2 === 0 ? 4 : 0));
      return index;
    };
    for await (const item of readAhead([5, 4, 3, 2, 1], later, 2)) {
      seen.push(item);
      expect(begun).toBeLessThanOrEqual(seen.length + 2);
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);
  });

  test('a failure comes in its turn; later failures are dropped', async () => {
    const seen: number[] = [];
    const failing = async (index: number) => {
      if (index > 0) throw new Error(`item ${index}`);
      return index;
    };
    const reading = async () => {
      for await (const item of readAhead([0, 1, 2, 3], failing, 2)) seen.push(item);
    };
    await expect(reading()).rejects.toThrow('item 1');
    expect(seen).toEqual([0]);
  });
});
