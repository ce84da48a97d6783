import type { Tensor } from '../base/tensor.ts';
import { ErrorStatistics } from '../tensor/error-statistics.ts';

/** Decibels of the float output that differs most from the expected one. */
export function worstSqnr(
  got: Readonly<Record<string, Tensor>>,
  expected: Readonly<Record<string, Tensor>>,
): number {
  const decibels = Object.entries(expected).flatMap(([name, { data }]) => {
    const other = got[name].data;
    if (!(data instanceof Float32Array && other instanceof Float32Array)) return [];
    const errors = new ErrorStatistics();
    errors.add(data, other);
    return [errors.nonFinite > 0 ? Number.NEGATIVE_INFINITY : errors.sqnrDb];
  });
  return Math.min(...decibels);
}
