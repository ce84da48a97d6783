import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ErrorStatistics } from './error-statistics.ts';

const pairs = fc.array(
  fc.tuple(
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.float({ noNaN: true, noDefaultInfinity: true }),
  ),
  { minLength: 1, maxLength: 40 },
);

/** Summation order differs between one piece and several. */
const REORDERED = 1e-12;

function statisticsOf(x: readonly number[], y: readonly number[]): ErrorStatistics {
  const statistics = new ErrorStatistics();
  statistics.add(Float32Array.from(x), Float32Array.from(y));
  return statistics;
}

describe('ErrorStatistics', () => {
  it('matches figures worked out by hand', () => {
    const statistics = statisticsOf([3, 4, 0], [3, 2, 1]);
    expect(statistics.count).toBe(3);
    expect(statistics.mse).toBeCloseTo(5 / 3, 14);
    expect(statistics.rmse).toBeCloseTo(Math.sqrt(5 / 3), 14);
    expect(statistics.mae).toBe(1);
    expect(statistics.maxError).toBe(2);
    // Σx² = 25, Σ(x−y)² = 5.
    expect(statistics.sqnrDb).toBeCloseTo(6.989700043360188, 12);
    // Σxy = 17, |x| = 5, |y| = √14.
    expect(statistics.cosine).toBeCloseTo(17 / (5 * Math.sqrt(14)), 14);
  });

  it('gives the same however the values are cut', () => {
    fc.assert(
      fc.property(pairs, fc.nat(40), (values, cut) => {
        const x = values.map(([a]) => a);
        const y = values.map(([, b]) => b);
        const whole = statisticsOf(x, y);
        const added = statisticsOf(x.slice(0, cut), y.slice(0, cut));
        added.add(Float32Array.from(x.slice(cut)), Float32Array.from(y.slice(cut)));
        const merged = statisticsOf(x.slice(0, cut), y.slice(0, cut));
        merged.merge(statisticsOf(x.slice(cut), y.slice(cut)));
        for (const parts of [added, merged]) {
          expect(parts.count).toBe(whole.count);
          expect(parts.maxError).toBe(whole.maxError);
          expect(Math.abs(parts.mse - whole.mse)).toBeLessThanOrEqual(REORDERED * whole.mse);
          expect(Math.abs(parts.mae - whole.mae)).toBeLessThanOrEqual(REORDERED * whole.mae);
        }
      }),
    );
  });

  it('bounds: MAE ≤ RMSE ≤ max, |cosine| ≤ 1', () => {
    fc.assert(
      fc.property(pairs, (values) => {
        const statistics = statisticsOf(
          values.map(([a]) => a),
          values.map(([, b]) => b),
        );
        const slack = 1 + REORDERED;
        expect(statistics.mae).toBeLessThanOrEqual(statistics.rmse * slack + Number.MIN_VALUE);
        expect(statistics.rmse).toBeLessThanOrEqual(statistics.maxError * slack);
        expect(Math.abs(statistics.cosine)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('has its limits where one side is all zero or both are equal', () => {
    const figures = ({ sqnrDb, cosine, mse }: ErrorStatistics) => ({ sqnrDb, cosine, mse });
    expect(figures(statisticsOf([1, 2], [1, 2]))).toEqual({ sqnrDb: Infinity, cosine: 1, mse: 0 });
    expect(figures(statisticsOf([0, 0], [0, 0]))).toEqual({ sqnrDb: Infinity, cosine: 1, mse: 0 });
    expect(figures(statisticsOf([0, 0], [1, 1]))).toEqual({ sqnrDb: -Infinity, cosine: 0, mse: 1 });
    expect(new ErrorStatistics().count).toBe(0);
    expect(new ErrorStatistics().mse).toBeNaN();
  });

  it('leaves shared infinities out and counts every other value that is no number', () => {
    const statistics = statisticsOf(
      [-Infinity, Infinity, 1, Number.NaN, 2],
      [-Infinity, -Infinity, Infinity, Number.NaN, 4],
    );
    expect(statistics.count).toBe(1);
    expect(statistics.nonFinite).toBe(3);
    expect(statistics.mse).toBe(4);
    expect(statistics.maxError).toBe(2);
    expect(statistics.cosine).toBe(1);
  });

  it('refuses different lengths', () => {
    expect(() => statisticsOf([1], [1, 2])).toThrow('Cannot compare 1 values with 2.');
  });
});
