import { expect, it } from 'vitest';
import { Rng } from '../../base/rng.ts';
import type { Range, RangeGoal } from '../observer.ts';
import { entropy } from './entropy.ts';

function rangeOf(values: Float32Array, goal: RangeGoal): Range {
  const observer = entropy.create({});
  observer.observe(values);
  return observer.range(goal);
}

/** Mostly standard normal, one in a thousand spread evenly out to 16. */
function outliers(length: number): Float32Array {
  const rng = new Rng(8);
  const values = Float32Array.from({ length }, () =>
    rng.uniform() < 0.001 ? 32 * rng.uniform() - 16 : rng.normal(),
  );
  values[0] = 16;
  return values;
}

const int8: RangeGoal = { levels: 255, symmetric: true };
const uint8: RangeGoal = { levels: 256, symmetric: false };

/** Plain reading of the method on |x| ≤ 16: 2048 bins of 1/128 (upper edge inside), every threshold from `levels` bins on. */
function slowThreshold(values: Float32Array, levels: number): number {
  const bins = new Float64Array(2048);
  for (const x of values) if (x !== 0) bins[Math.ceil(Math.abs(x) * 128) - 1]++;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let kept = levels; kept <= 2048; kept++) {
    const inside = bins.slice(0, kept);
    const p = inside.slice();
    p[kept - 1] += bins.slice(kept).reduce((a, b) => a + b, 0);
    const q = new Float64Array(kept);
    for (let level = 0; level < levels; level++) {
      const [from, to] = [Math.floor((level * kept) / levels), Math.floor(((level + 1) * kept) / levels)];
      const mass = inside.slice(from, to).reduce((a, b) => a + b, 0);
      const occupied = p.slice(from, to).filter((count) => count > 0).length;
      for (let j = from; j < to; j++) q[j] = p[j] > 0 ? mass / occupied : 0;
    }
    const [pTotal, qTotal] = [p, q].map((part) => part.reduce((a, b) => a + b, 0));
    const divergence = p.reduce(
      (sum, count, j) =>
        count > 0 ? sum + (count / pTotal) * Math.log(count / pTotal / (q[j] / qTotal)) : sum,
      0,
    );
    // A later threshold must be better by more than rounding to replace an earlier one.
    if (divergence < least - 1e-12) [best, least] = [kept, divergence];
  }
  return best / 128;
}

it('equals a slow search of 2048 bins for 128 levels, and clips', () => {
  const values = outliers(20000);
  const { min, max } = rangeOf(values, int8);
  expect(max).toBe(slowThreshold(values, 128));
  expect(min).toBe(-max);
  expect(max).toBeLessThan(12);
  expect(max).toBeGreaterThan(2);
});

it('searches all levels on one-sided values, of either sign', () => {
  const values = outliers(20000).map(Math.abs);
  const { min, max } = rangeOf(values, uint8);
  expect(min).toBe(0);
  expect(max).toBe(slowThreshold(values, 256));
  expect(
    rangeOf(
      values.map((x) => -x),
      uint8,
    ),
  ).toEqual({ min: -max, max: 0 });
});

it('clamps the threshold to the shorter side of two-sided values', () => {
  const values = outliers(20000).map((x) => Math.max(x, -0.25));
  const { min, max } = rangeOf(values, uint8);
  expect(min).toBe(-0.25);
  expect(max).toBe(slowThreshold(values, 128));
});

it('does not let exact zeros sway the threshold', () => {
  const values = outliers(20000).map(Math.abs);
  const sparse = new Float32Array(60000);
  sparse.set(values);
  expect(rangeOf(sparse, uint8)).toEqual(rangeOf(values, uint8));
});

it('is minmax where levels are as many as bins', () => {
  const values = outliers(2000);
  const { min, max } = rangeOf(values, { levels: 65536, symmetric: false });
  expect(max).toBe(16);
  expect(min).toBe(values.reduce((a, b) => Math.min(a, b)));
});
