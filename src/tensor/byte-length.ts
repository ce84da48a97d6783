import type { DataType } from '../base/tensor.ts';
import { dataTypes } from './data-types.ts';
import { elementCount } from './element-count.ts';

/** Stored bytes of a tensor; sub-byte types fill the last byte with zeros. */
export function byteLength(dtype: DataType, shape: readonly number[]): number {
  return Math.ceil((elementCount(shape) * dataTypes[dtype].bits) / 8);
}
