import { z } from 'zod';
import type { DataType } from '../base/tensor.ts';

/** Element types a dataset file can ask for, with the whole numbers each can hold. */
export const numberTypes = {
  float: undefined,
  double: undefined,
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  // Numbers pass through float64, which knows every whole number up to here.
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
  bool: [0, 1],
} as const satisfies Partial<Record<DataType, readonly [number, number] | undefined>>;

export type NumberType = keyof typeof numberTypes;

/** A key of {@link numberTypes}, for schemas. */
// Object.keys widens to string; the list is never empty.
export const numberType = z.enum(Object.keys(numberTypes) as [NumberType, ...NumberType[]]);
