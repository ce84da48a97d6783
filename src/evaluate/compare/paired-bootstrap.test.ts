import { describe, expect, it } from 'vitest';
import { Rng } from '../../base/rng.ts';
import { quantile } from '../quantile.ts';
import { pairedBootstrap } from './paired-bootstrap.ts';

/** Two models' results on `samples` samples of which the first `lost` got worse and the next `gained` better. */
function results(samples: number, lost: number, gained: number): [Uint8Array, Uint8Array] {
  const before = Uint8Array.from({ length: samples }, (_, i) => (i < lost || i >= lost + gained ? 1 : 0));
  const after = Uint8Array.from({ length: samples }, (_, i) => (i < lost ? 0 : 1));
  return [before, after];
}

/** The textbook way: draw every sample. */
function plainBootstrap(before: Uint8Array, after: Uint8Array, resamples: number): [number, number] {
  const rng = new Rng(99);
  const samples = before.length;
  const drops = Float64Array.from({ length: resamples }, () => {
    let drop = 0;
    for (let i = 0; i < samples; i++) {
      const drawn = rng.below(samples);
      drop += before[drawn] - after[drawn];
    }
    return (100 * drop) / samples;
  }).sort();
  return [quantile(drops, 0.025), quantile(drops, 0.975)];
}

describe('pairedBootstrap', () => {
  it.each([
    [500, 20, 5],
    [400, 0, 8],
    [300, 100, 90],
    [200, 120, 80],
  ])('of %i samples, %i lost and %i gained: as drawing every sample', (samples, lost, gained) => {
    const [before, after] = results(samples, lost, gained);
    const drop = pairedBootstrap(before, after, { seed: 1, resamples: 10_000 });
    const [low, high] = plainBootstrap(before, after, 10_000);
    expect(drop.points).toBeCloseTo((100 * (lost - gained)) / samples, 12);
    // Ends of two independent bootstraps; the difference is Monte Carlo noise plus the grain of one sample.
    const tolerance = 0.1 * (high - low) + 100 / samples;
    expect(Math.abs(drop.low - low)).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(drop.high - high)).toBeLessThanOrEqual(tolerance);
  });

  it('is as wide as the normal approximation says', () => {
    const [samples, lost, gained] = [10_000, 300, 200];
    const { low, high } = pairedBootstrap(...results(samples, lost, gained), { seed: 5, resamples: 10_000 });
    const mean = (lost - gained) / samples;
    const deviation = Math.sqrt(((lost + gained) / samples - mean ** 2) / samples);
    expect(low).toBeCloseTo(100 * (mean - 1.96 * deviation), 1);
    expect(high).toBeCloseTo(100 * (mean + 1.96 * deviation), 1);
  });

  it('covers the true drop in about 95 of 100 experiments', () => {
    const rng = new Rng(7);
    const [samples, lossRate, gainRate, experiments] = [600, 0.06, 0.03, 400];
    let covered = 0;
    for (let seed = 0; seed < experiments; seed++) {
      const before = new Uint8Array(samples);
      const after = new Uint8Array(samples);
      for (let i = 0; i < samples; i++) {
        const u = rng.uniform();
        before[i] = u < lossRate ? 1 : 0;
        after[i] = u >= lossRate && u < lossRate + gainRate ? 1 : 0;
      }
      const { low, high } = pairedBootstrap(before, after, { seed, resamples: 1000 });
      const truth = 100 * (lossRate - gainRate);
      if (low <= truth && truth <= high) covered++;
    }
    // Binomial(400, 0.95) has a standard deviation of 1.1 %.
    expect(covered / experiments).toBeGreaterThan(0.915);
    expect(covered / experiments).toBeLessThan(0.985);
  });

  it('is a point where the models never differ, and where they always do in one direction', () => {
    expect(pairedBootstrap(...results(50, 0, 0), { seed: 1 })).toEqual({ points: 0, low: 0, high: 0 });
    expect(pairedBootstrap(...results(50, 50, 0), { seed: 1 })).toEqual({ points: 100, low: 100, high: 100 });
    expect(pairedBootstrap(...results(50, 0, 50), { seed: 1 })).toEqual({
      points: -100,
      low: -100,
      high: -100,
    });
  });

  it('depends on the seed only', () => {
    const [before, after] = results(1000, 37, 21);
    const first = pairedBootstrap(before, after, { seed: 3 });
    expect(pairedBootstrap(before, after, { seed: 3 })).toEqual(first);
    const reordered = pairedBootstrap(before.slice().reverse(), after.slice().reverse(), { seed: 3 });
    expect(reordered).toEqual(first);
  });
});
