import type { Rng } from '../base/rng.ts';

/**
 * A number of the symmetric beta distribution, X / (X + Y) of two gamma variables. As logarithms, for with a small `alpha`
 * both X and Y fall below the smallest number there is.
 */
export function betaSample(alpha: number, rng: Rng): number {
  const x = logGammaSample(alpha, rng);
  const y = logGammaSample(alpha, rng);
  return 1 / (1 + Math.exp(y - x));
}

/** Marsaglia & Tsang 2000; the shape raised by one and U^(1/shape) multiplied on, as there for shapes below 1. */
function logGammaSample(shape: number, rng: Rng): number {
  const d = shape + 1 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = rng.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - rng.uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v))
      return Math.log(d * v) + Math.log(1 - rng.uniform()) / shape;
  }
}
