import { check } from '../base/check.ts';
import type { DataType } from '../base/tensor.ts';

/** Codes of 8 or 16 bits. */
export type CodesArray = Int8Array | Uint8Array | Int16Array | Uint16Array;

const arrays = { int8: Int8Array, uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array };

/** Zeros of a type that codes of activations and of quantized layers' weights may have. */
export function codesArray(dtype: DataType, length: number): CodesArray {
  check(isCode(dtype), () => `${dtype} holds no codes of 8 or 16 bits`);
  return new arrays[dtype](length);
}

function isCode(dtype: DataType): dtype is keyof typeof arrays {
  return Object.hasOwn(arrays, dtype);
}
