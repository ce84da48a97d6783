import { nonFiniteActivation } from './errors.ts';
import type { Range } from './observer.ts';

/**
 * Smallest and largest of `values`, at least one; −0 counts as 0.
 * @throws PareError `non-finite-activation` on NaN or infinity.
 */
export function scanExtremes(values: Float32Array): Range {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let hasNaN = false;
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (x < min) min = x;
    if (x > max) max = x;
    if (Number.isNaN(x)) hasNaN = true;
  }
  if (hasNaN || min === Number.NEGATIVE_INFINITY || max === Number.POSITIVE_INFINITY) {
    const index = values.findIndex((x) => !Number.isFinite(x));
    throw nonFiniteActivation(values[index], index);
  }
  // Adding 0 turns −0 into 0, so that the result does not depend on which zero came first.
  return { min: min + 0, max: max + 0 };
}
