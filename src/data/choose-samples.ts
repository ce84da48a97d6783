import { Rng } from '../base/rng.ts';
import { roundHalfEven } from '../tensor/round-half-even.ts';

/** Part of a data set: `[from, to]` as fractions of a seeded shuffle, then at most `limit` of them. */
export interface Choice {
  fraction: readonly [number, number];
  seed: number;
  limit: number;
}

/**
 * Numbers of the chosen samples, ascending. Parts of one seed that do not overlap as fractions share no sample, and a
 * smaller limit chooses a part of what a larger one does.
 */
export function chooseSamples(length: number, { fraction, seed, limit }: Choice): Int32Array {
  const shuffled = new Rng(seed).shuffle(Int32Array.from({ length }, (_, index) => index));
  const [from, to] = fraction.map((bound) => roundHalfEven(bound * length));
  return shuffled.slice(from, Math.min(to, from + limit)).sort();
}
