import type { Tensor } from '../base/tensor.ts';
import { type NumberType, numberTypes } from './number-types.ts';

/** The elements as numbers, or undefined for types that are no plain numbers (strings, float16, packed and complex types). */
export function numbersOfTensor({ dtype, data }: Tensor): ArrayLike<number> | undefined {
  if (!isNumberType(dtype) || Array.isArray(data)) return undefined;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  return data;
}

function isNumberType(dtype: string): dtype is NumberType {
  return Object.hasOwn(numberTypes, dtype);
}
