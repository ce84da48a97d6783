import { check } from '../base/check.ts';
import type { Tensor } from '../base/tensor.ts';
import { type DataTypeFacts, dataTypes } from '../tensor/data-types.ts';
import { roundHalfEven } from '../tensor/round-half-even.ts';
import { type NumberType, numberTypes } from './number-types.ts';

/**
 * A tensor of that element type: for whole-number types values are rounded half to even and saturate, NaN becomes 0;
 * floats keep NaN and infinities.
 */
export function tensorOfNumbers(
  dtype: NumberType,
  shape: readonly number[],
  values: ArrayLike<number>,
): Tensor {
  const { array }: DataTypeFacts = dataTypes[dtype];
  check(array !== undefined, () => `${dtype} has no array`);
  const data = new array(new ArrayBuffer(values.length * array.BYTES_PER_ELEMENT), 0, values.length);
  const range = numberTypes[dtype];
  for (let i = 0; i < values.length; i++) {
    const value = range ? whole(values[i], range) : values[i];
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(value);
    else data[i] = value;
  }
  return { dtype, shape, data };
}

function whole(value: number, [low, high]: readonly [number, number]): number {
  if (Number.isNaN(value)) return 0;
  return roundHalfEven(Math.min(high, Math.max(low, value)));
}
