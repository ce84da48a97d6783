import { expect, it } from 'vitest';
import { Rng } from '../../base/rng.ts';
import { bootstrapMedian } from './bootstrap-median.ts';

it('gives the median, and a point where all values are equal', () => {
  const values = Float64Array.of(5, 1, 9, 2);
  const { median, low, high } = bootstrapMedian(values, { seed: 1 });
  expect(median).toBe(3.5);
  expect(low).toBe(1);
  expect(high).toBe(9);
  expect([...values]).toEqual([5, 1, 9, 2]);
  expect(bootstrapMedian(Float64Array.of(4, 4, 4), { seed: 1 })).toEqual({ median: 4, low: 4, high: 4 });
});

it('covers the true median in about 95 of 100 experiments', () => {
  const rng = new Rng(11);
  const experiments = 300;
  let covered = 0;
  for (let seed = 0; seed < experiments; seed++) {
    // Log-normal, skewed as timings are: its median is 1.
    const values = Float64Array.from({ length: 61 }, () => Math.exp(0.2 * rng.normal()));
    const { low, high } = bootstrapMedian(values, { seed, resamples: 500 });
    if (low <= 1 && 1 <= high) covered++;
  }
  expect(covered / experiments).toBeGreaterThan(0.91);
  expect(covered / experiments).toBeLessThan(0.99);
});

it('depends on the seed only', () => {
  const values = Float64Array.from({ length: 30 }, (_, i) => Math.sin(i));
  const first = bootstrapMedian(values, { seed: 8, resamples: 2000 });
  expect(bootstrapMedian(values, { seed: 8, resamples: 2000 })).toEqual(first);
});
