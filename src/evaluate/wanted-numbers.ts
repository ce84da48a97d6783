import { check } from '../base/check.ts';
import type { Tensor } from '../base/tensor.ts';

/** Targets as float64 (class indices included, which are far below 2^53), with their shape. */
export function wantedNumbers(targets: Tensor | undefined): {
  numbers: Float64Array;
  shape: readonly number[];
} {
  check(targets && !Array.isArray(targets.data), () => 'targets that are no numbers');
  const { data, shape } = targets;
  const isWide = data instanceof BigInt64Array || data instanceof BigUint64Array;
  return { numbers: isWide ? Float64Array.from(data, Number) : Float64Array.from(data), shape };
}
