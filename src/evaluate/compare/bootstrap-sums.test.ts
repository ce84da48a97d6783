import { describe, expect, it } from 'vitest';
import { Rng } from '../../base/rng.ts';
import { bootstrapSums } from './bootstrap-sums.ts';
import { pairedBootstrap } from './paired-bootstrap.ts';

const rng = new Rng(4);
const SAMPLES = 400;

/** Sums of a mean: value and count of each sample. */
const meanSums = (values: readonly number[]) => Float64Array.from(values.flatMap((value) => [value, 1]));
const lostMean = ([a, n]: Float64Array, [b, m]: Float64Array) => a / n - b / m;

describe('bootstrapSums', () => {
  it('of shares has the interval of the bootstrap of shares', () => {
    const before = Array.from({ length: SAMPLES }, () => (rng.uniform() < 0.9 ? 1 : 0));
    const after = before.map((hit) => (rng.uniform() < 0.1 ? 1 - hit : hit));
    const shares = pairedBootstrap(Uint8Array.from(before), Uint8Array.from(after), { seed: 1 });
    const sums = bootstrapSums(
      { before: meanSums(before), after: meanSums(after), width: 2, lost: lostMean },
      { seed: 2 },
    );
    expect(100 * sums.lost).toBeCloseTo(shares.points, 10);
    expect(100 * sums.low).toBeCloseTo(shares.low, 0);
    expect(100 * sums.high).toBeCloseTo(shares.high, 0);
  });

  it('of normal differences has the normal interval', () => {
    const differences = Array.from({ length: SAMPLES }, () => 3 + rng.normal());
    const mean = differences.reduce((sum, value) => sum + value, 0) / SAMPLES;
    const deviation = Math.sqrt(differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / SAMPLES);
    // What both share, however large, adds no uncertainty.
    const shared = differences.map(() => 1000 * rng.normal());
    const { lost, low, high } = bootstrapSums(
      {
        before: meanSums(shared.map((value, i) => value + differences[i])),
        after: meanSums(shared),
        width: 2,
        lost: lostMean,
      },
      { seed: 3 },
    );
    const half = (1.96 * deviation) / Math.sqrt(SAMPLES);
    expect(lost).toBeCloseTo(mean, 9);
    expect(low).toBeCloseTo(mean - half, 1.5);
    expect(high).toBeCloseTo(mean + half, 1.5);
  });

  it('of equal models is a point, and the same seed gives the same interval', () => {
    const sums = meanSums([1, 2, 3]);
    const equal = { before: sums, after: sums, width: 2, lost: lostMean };
    expect(bootstrapSums(equal, { seed: 1 })).toEqual({ lost: 0, low: 0, high: 0 });
    const other = { ...equal, after: meanSums([3, 1, 1]) };
    expect(bootstrapSums(other, { seed: 5 })).toEqual(bootstrapSums(other, { seed: 5 }));
  });

  it('refuses nothing at all', () => {
    const none = new Float64Array();
    expect(() =>
      bootstrapSums({ before: none, after: none, width: 2, lost: lostMean }, { seed: 1 }),
    ).toThrow();
  });
});
