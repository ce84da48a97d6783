import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rng } from '../base/rng.ts';
import { findEntropyThreshold } from './find-entropy-threshold.ts';

/** Migacz's pseudo code taken literally: build P, build Q, sum P·log(P/Q). */
function slowDivergence(bins: readonly number[], kept: number, levels: number): number {
  const sum = (items: readonly number[]) => items.reduce((total, item) => total + item, 0);
  const inside = bins.slice(0, kept);
  const reference = [...inside];
  reference[kept - 1] += sum(bins.slice(kept));
  const expanded = new Array<number>(kept).fill(0);
  for (let level = 0; level < levels; level++) {
    const from = Math.floor((level * kept) / levels);
    const to = Math.floor(((level + 1) * kept) / levels);
    const occupied = reference.slice(from, to).filter((count) => count > 0).length;
    for (let j = from; j < to; j++) {
      if (reference[j] > 0) expanded[j] = sum(inside.slice(from, to)) / occupied;
    }
  }
  const [total, totalInside] = [sum(reference), sum(expanded)];
  return reference.reduce((divergence, count, j) => {
    if (count === 0) return divergence;
    if (expanded[j] === 0) return Number.POSITIVE_INFINITY;
    return divergence + (count / total) * Math.log(count / total / (expanded[j] / totalInside));
  }, 0);
}

function leastSlowDivergence(bins: readonly number[], levels: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let kept = levels; kept <= bins.length; kept++)
    least = Math.min(least, slowDivergence(bins, kept, levels));
  return least;
}

/** Float64 rounding of sums of up to a few thousand logarithms. */
const TOLERANCE = 1e-9;

describe('findEntropyThreshold', () => {
  it('finds the least divergence of the literal definition', () => {
    const histogram = fc.array(fc.oneof(fc.nat(3), fc.nat(1000)), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(histogram, fc.integer({ min: 2, max: 20 }), (bins, levels) => {
        fc.pre(bins.at(-1) !== 0 && bins.length >= levels);
        const kept = findEntropyThreshold(Float64Array.from(bins), levels);
        expect(kept).toBeGreaterThanOrEqual(levels);
        expect(kept).toBeLessThanOrEqual(bins.length);
        expect(slowDivergence(bins, kept, levels)).toBeLessThan(
          leastSlowDivergence(bins, levels) + TOLERANCE,
        );
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it('does so on a long-tailed activation, and really clips it', () => {
    const rng = new Rng(5);
    const bins = new Array<number>(512).fill(0);
    for (let i = 0; i < 50000; i++) bins[Math.min(Math.floor(-Math.log(1 - rng.uniform()) * 45), 511)]++;
    bins[511]++;
    const kept = findEntropyThreshold(Float64Array.from(bins), 32);
    expect(slowDivergence(bins, kept, 32)).toBeLessThan(leastSlowDivergence(bins, 32) + TOLERANCE);
    expect(kept).toBeLessThan(450);
    expect(kept).toBeGreaterThan(90);
  });

  it('keeps an even spread whole, and everything where there are no more bins than levels', () => {
    expect(findEntropyThreshold(new Float64Array(256).fill(10), 16)).toBe(256);
    expect(findEntropyThreshold(Float64Array.of(5, 1, 0, 1), 8)).toBe(4);
    expect(findEntropyThreshold(Float64Array.of(5, 1, 0, 1), 4)).toBe(4);
  });
});
