import { Rng } from '../base/rng.ts';

/**
 * A seeded sample without replacement of 0 .. length−1, in random order; all of them where there are not more than
 * `count`. Any index is as likely as any other, so files sorted by class do no harm.
 */
export function sampleIndices(length: number, count: number, seed: number): Int32Array {
  const indices = Int32Array.from({ length }, (_, index) => index);
  return new Rng(seed).shuffle(indices).slice(0, count);
}
