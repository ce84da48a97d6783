import { describe, expect, it } from 'vitest';
import { Rng } from '../../base/rng.ts';
import type { RangeGoal } from '../observer.ts';
import { percentile } from './percentile.ts';

const asymmetric = { levels: 256, symmetric: false };
const symmetric = { levels: 255, symmetric: true };

function rangeOf(values: Float32Array, share: number, goal: RangeGoal) {
  const observer = percentile.create({ percentile: share });
  observer.observe(values);
  return observer.range(goal);
}

/** Width of a histogram bin is at most the largest magnitude over 2048. */
function binOf(values: Float32Array): number {
  return values.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0) / 2048;
}

const samples: Record<string, (rng: Rng) => number> = {
  normal: (rng) => rng.normal(),
  skewed: (rng) => Math.exp(rng.normal()) - 0.7,
  outliers: (rng) => rng.normal() * (rng.uniform() < 0.01 ? 20 : 1),
};

describe.each(Object.entries(samples))('on %s values', (_, distribution) => {
  const rng = new Rng(3);
  const values = Float32Array.from({ length: 20000 }, () => distribution(rng));
  const sorted = values.toSorted();
  const magnitudes = values.map(Math.abs).sort();
  const bin = binOf(values);

  it.each([90, 99, 99.9, 99.99])('is within one bin of the sorted values at %d %%', (share) => {
    // 20000·(1 − share) values may go: half of them from each tail.
    const cut = Number((20000 * (1 - share / 100)).toFixed(6));
    const { min, max } = rangeOf(values, share, asymmetric);
    const highest = sorted[20000 - 1 - Math.floor(cut / 2)];
    const lowest = sorted[Math.floor(cut / 2)];
    expect(max).toBeGreaterThanOrEqual(highest);
    expect(max).toBeLessThanOrEqual(highest + bin);
    expect(min).toBeLessThanOrEqual(lowest);
    expect(min).toBeGreaterThanOrEqual(lowest - bin);

    const bound = rangeOf(values, share, symmetric).max;
    const exact = magnitudes[20000 - 1 - cut];
    expect(bound).toBeGreaterThanOrEqual(exact);
    expect(bound).toBeLessThanOrEqual(exact + bin);
  });
});

it('gives one-sided values the whole allowance at their only tail', () => {
  const values = Float32Array.from({ length: 1000 }, (_, i) => (i + 1) / 1000);
  // 100 of 1000 may go: 0.901 .. 1; the bin that ends at or above 0.9 is 1/4096 wide.
  const { min, max } = rangeOf(values, 90, asymmetric);
  expect(min).toBe(0);
  expect(Math.abs(max - 0.9)).toBeLessThanOrEqual(1 / 4096);
  const negated = rangeOf(
    values.map((x) => -x),
    90,
    asymmetric,
  );
  expect(negated).toEqual({ min: -max, max: 0 });
});

it('keeps everything at 100 percent and where the allowance is below one value', () => {
  const values = new Float32Array([-3, 0.5, 1, 100]);
  expect(rangeOf(values, 100, asymmetric)).toEqual({ min: -3, max: 100 });
  expect(rangeOf(values, 99.999, asymmetric)).toEqual({ min: -3, max: 100 });
});

it('cuts a tail of zero mass no further than zero', () => {
  const values = new Float32Array(1000).fill(0);
  values[0] = 50;
  values[1] = -50;
  expect(rangeOf(values, 99, asymmetric)).toEqual({ min: 0, max: 0 });
});

it('refuses percentiles outside (0, 100]', () => {
  for (const share of [0, 100.1, -5])
    expect(percentile.options.safeParse({ percentile: share }).success).toBe(false);
});
