import { describe, expect, test } from 'vitest';
import type { DataType } from '../base/tensor.ts';
import { elementReader } from './element-reader.ts';

function elements(dtype: DataType, bytes: readonly number[], count: number): number[] {
  const reader = elementReader(dtype, Uint8Array.from(bytes));
  if (!reader) throw new Error(`${dtype} cannot be read`);
  return Array.from({ length: count }, (_, i) => reader(i));
}

/** Values from IEEE 754, and the tables of ONNX's documentation of small floats. */
describe('elementReader', () => {
  test.each<[DataType, number[], number[]]>([
    ['float16', [0x00, 0x3c, 0xff, 0x7b, 0x01, 0x00, 0x00, 0xfc], [1, 65504, 2 ** -24, -Infinity]],
    ['bfloat16', [0x80, 0x3f, 0x00, 0xc1, 0x80, 0x7f], [1, -8, Infinity]],
    ['float8e4m3fn', [0x7e, 0x01, 0xb8, 0x7f], [448, 2 ** -9, -1, Number.NaN]],
    ['float8e4m3fnuz', [0x7f, 0x01, 0x80], [240, 2 ** -10, Number.NaN]],
    ['float8e5m2', [0x7b, 0x01, 0xfc], [57344, 2 ** -16, -Infinity]],
    ['float8e5m2fnuz', [0x7f, 0x01, 0x80], [57344, 2 ** -17, Number.NaN]],
    ['float4e2m1', [0x10, 0x72, 0xf9], [0, 0.5, 1, 6, -0.5, -6]],
    ['float8e8m0', [127, 130, 255], [1, 8, Number.NaN]],
    ['int4', [0x7f, 0x80], [-1, 7, 0, -8]],
    ['uint4', [0x7f, 0x80], [15, 7, 0, 8]],
    ['int2', [0b11_10_01_00], [0, 1, -2, -1]],
    ['uint2', [0b11_10_01_00], [0, 1, 2, 3]],
    ['int64', [255, 255, 255, 255, 255, 255, 255, 255], [-1]],
    ['uint64', [255, 255, 255, 255, 0, 0, 0, 0], [2 ** 32 - 1]],
    ['int32', [254, 255, 255, 255], [-2]],
    ['double', [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], [1.5]],
  ])('%s', (dtype, bytes, expected) => {
    expect(elements(dtype, bytes, expected.length)).toEqual(expected);
  });

  test('reads bytes that are not aligned', () => {
    const bytes = Uint8Array.of(9, 0, 0, 0x80, 0x3f).subarray(1);
    expect(elementReader('float', bytes)?.(0)).toBe(1);
  });

  test('strings and complex numbers are no numbers', () => {
    for (const dtype of ['string', 'complex64', 'complex128'] as const)
      expect(elementReader(dtype, new Uint8Array(16))).toBeUndefined();
  });
});
