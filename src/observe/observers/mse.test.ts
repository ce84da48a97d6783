import { describe, expect, it } from 'vitest';
import { Rng } from '../../base/rng.ts';
import { roundHalfEven } from '../../tensor/round-half-even.ts';
import type { Range, RangeGoal } from '../observer.ts';
import { minmax } from './minmax.ts';
import { mse } from './mse.ts';

/** Mean squared error of the raw samples, quantized and dequantized one by one in float64. */
function trueError(values: Float32Array, { min, max }: Range, levels: number): number {
  const scale = (max - min) / (levels - 1);
  const zeroPoint = roundHalfEven((-min / (max - min)) * (levels - 1));
  let sum = 0;
  for (const x of values) {
    const q = Math.min(Math.max(roundHalfEven(x / scale) + zeroPoint, 0), levels - 1);
    sum += (x - (q - zeroPoint) * scale) ** 2;
  }
  return sum / values.length;
}

function rangeOf(record: typeof mse, values: Float32Array, goal: RangeGoal): Range {
  const observer = record.create({});
  observer.observe(values);
  return observer.range(goal);
}

const distributions: Record<string, (rng: Rng) => number> = {
  normal: (rng) => rng.normal(),
  laplace: (rng) => Math.log(1 - rng.uniform()) * (rng.uniform() < 0.5 ? -1 : 1),
  relu: (rng) => Math.max(rng.normal(), 0),
  silu: (rng) => {
    const x = 3 * rng.normal();
    return x / (1 + Math.exp(-x));
  },
  outliers: (rng) => rng.normal() * (rng.uniform() < 0.001 ? 30 : 1),
};

function draw(distribution: (rng: Rng) => number, length: number): Float32Array {
  const rng = new Rng(21);
  return Float32Array.from({ length }, () => distribution(rng));
}

/** Least true error over a fine two-dimensional grid of ranges: slow and independent of the histogram. */
function leastError(values: Float32Array, goal: RangeGoal): number {
  const full = rangeOf(minmax, values, goal);
  const factors = Array.from({ length: 61 }, (_, i) => 2 ** (-i / 8));
  let least = Number.POSITIVE_INFINITY;
  for (const high of full.max > 0 ? [...factors, 0] : [1]) {
    for (const low of goal.symmetric ? [high] : full.min < 0 ? [...factors, 0] : [1]) {
      const range = { min: low * full.min, max: high * full.max };
      if (range.max > range.min) least = Math.min(least, trueError(values, range, goal.levels));
    }
  }
  return least;
}

/** The histogram knows where a value lies to one part in 2048 of the largest; the samples are finite. */
const TOLERANCE = 1.01;

describe.each(Object.entries(distributions))('on %s values', (_, distribution) => {
  const values = draw(distribution, 30000);

  it.each([2, 3, 4, 16, 64, 255, 256, 1024, 4096, 65536])(
    'is no worse than minmax at %d levels',
    (levels) => {
      for (const symmetric of [false, true]) {
        const goal = { levels, symmetric };
        const error = trueError(values, rangeOf(mse, values, goal), levels);
        expect(error).toBeLessThanOrEqual(
          trueError(values, rangeOf(minmax, values, goal), levels) * TOLERANCE,
        );
      }
    },
  );

  it.each([2, 3, 4, 16, 256])(
    'finds what an exhaustive search over the samples finds, at %d levels',
    (levels) => {
      const few = values.subarray(0, 1500);
      for (const symmetric of [false, true]) {
        const goal = { levels, symmetric };
        const error = trueError(few, rangeOf(mse, few, goal), levels);
        expect(error).toBeLessThanOrEqual(leastError(few, goal) * TOLERANCE);
      }
    },
  );
});

it('clips outliers where that pays: at least five times below minmax at 16 levels', () => {
  const values = draw((rng) => rng.normal() * (rng.uniform() < 0.0001 ? 30 : 1), 30000);
  const goal = { levels: 16, symmetric: false };
  const full = trueError(values, rangeOf(minmax, values, goal), 16);
  expect(trueError(values, rangeOf(mse, values, goal), 16)).toBeLessThan(full / 5);
});

it.each([
  [3, 1.224],
  [5, 0.843],
  [7, 0.6508],
])('meets the optimal step of a standard normal at %d levels', (levels, step) => {
  // J. Max, "Quantizing for minimum distortion" (1960), table II: equally spaced output levels.
  const { max } = rangeOf(mse, draw(distributions.normal, 400000), { levels, symmetric: true });
  expect(Math.abs(max / ((step * (levels - 1)) / 2) - 1)).toBeLessThan(0.01);
});

it('keeps an even spread whole', () => {
  const values = Float32Array.from({ length: 4097 }, (_, i) => i / 2048 - 1);
  const { min, max } = rangeOf(mse, values, { levels: 256, symmetric: false });
  expect(max).toBeGreaterThan(0.99);
  expect(min).toBeLessThan(-0.99);
});

it('refuses a grid of one level', () => {
  expect(() => rangeOf(mse, new Float32Array([1, 2]), { levels: 1, symmetric: false })).toThrow(
    'a grid of 1 levels',
  );
});
