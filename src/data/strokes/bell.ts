import type { Rng } from '../../base/rng.ts';

// Each byte of a draw is uniform in 0..255, so the sum of four has mean 510 and variance 4·(256² − 1)/12 = 21845.
const MEAN = 510;
const INVERSE_DEVIATION = 1 / Math.sqrt(21845);

/**
 * A nearly normal number of mean 0 and variance 1 within ±3.46: the four bytes of one draw, summed (Irwin–Hall).
 * `Rng.normal` would do but for `log` and `cos`, whose last bit differs between engines; integer sums do not.
 */
export function bell(rng: Rng): number {
  const bits = rng.uint32();
  const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
  return (sum - MEAN) * INVERSE_DEVIATION;
}
