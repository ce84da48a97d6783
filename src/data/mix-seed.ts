/**
 * A 32-bit seed of its own for each index under a seed. For one seed no two indices below 2³² share theirs: a sum with an
 * odd multiple of the index, then MurmurHash3's finalizer, are both one-to-one.
 */
export function mixSeed(seed: number, index: number): number {
  return finalize((finalize(seed) + Math.imul(index, 0x9e3779b9)) >>> 0);
}

function finalize(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
