import { Rng } from '../base/rng.ts';

/**
 * Two seeded random halves of 0 .. length−1, each ascending, for cross-fitting: choose on one, score on the other.
 * Of an odd length the first has one more.
 */
export function halves(length: number, seed: number): [Int32Array, Int32Array] {
  const indices = new Rng(seed).shuffle(Int32Array.from({ length }, (_, index) => index));
  const middle = Math.ceil(length / 2);
  return [indices.slice(0, middle).sort(), indices.slice(middle).sort()];
}
