import { expect, test } from 'vitest';
import { collect } from '../../testing/collect.ts';
import { openDataset } from '../open-dataset.ts';

async function read(samples: number, seed: number, indices?: number[]) {
  const dataset = await openDataset({ kind: 'synthetic', set: 'strokes', samples, seed });
  const [batch] = await collect(dataset.batches({ batchSize: samples, ...(indices && { indices }) }));
  return { pixels: batch.inputs.pixels.data as Float32Array, labels: batch.labels ?? new Int32Array() }; // kind gives float
}

test('each ten samples hold each digit once, shuffled', async () => {
  const { labels } = await read(40, 1);
  const tens = [0, 10, 20, 30].map((start) => Array.from(labels.subarray(start, start + 10)));
  for (const ten of tens) expect(ten.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(new Set(tens.map(String)).size).toBe(4);
});

test('a sample depends on seed and number only', async () => {
  const [few, many] = [await read(12, 5), await read(30, 5)];
  expect(many.pixels.subarray(0, few.pixels.length)).toEqual(few.pixels);
  expect(many.labels.subarray(0, 12)).toEqual(few.labels);
  const alone = await read(30, 5, [11]);
  expect(alone.pixels).toEqual(few.pixels.subarray(11 * 784));
  expect((await read(12, 6)).pixels).not.toEqual(few.pixels);
});

test('bytes of ink on paper', async () => {
  const { pixels } = await read(10, 2);
  expect(pixels.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)).toBe(true);
  for (let i = 0; i < 10; i++)
    expect(Math.max(...pixels.subarray(784 * i, 784 * (i + 1)))).toBeGreaterThan(128);
});
