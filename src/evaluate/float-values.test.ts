import { expect, it } from 'vitest';
import { floatValues } from './float-values.ts';

it('reads the numbers of every floating point type an output can have', () => {
  const data = Float32Array.of(1, 2);
  expect(floatValues({ dtype: 'float', shape: [2], data })).toBe(data);
  expect(floatValues({ dtype: 'double', shape: [2], data: Float64Array.of(0.1, -2) })).toEqual(
    Float32Array.of(0.1, -2),
  );
  // IEEE 754 binary16: 1, −2, largest, smallest normal, largest and smallest subnormal, −0, ±∞, NaN, nearest to 1/3.
  const bits = Uint16Array.of(
    0x3c00,
    0xc000,
    0x7bff,
    0x0400,
    0x03ff,
    0x0001,
    0x8000,
    0x7c00,
    0xfc00,
    0x7e00,
    0x3555,
  );
  expect(floatValues({ dtype: 'float16', shape: [11], data: bits })).toEqual(
    Float32Array.of(
      1,
      -2,
      65504,
      2 ** -14,
      1023 * 2 ** -24,
      2 ** -24,
      -0,
      Infinity,
      -Infinity,
      Number.NaN,
      0.333251953125,
    ),
  );
});

it('has nothing for other types', () => {
  expect(floatValues({ dtype: 'int64', shape: [1], data: BigInt64Array.of(1n) })).toBeUndefined();
  expect(floatValues({ dtype: 'bfloat16', shape: [1], data: Uint16Array.of(1) })).toBeUndefined();
  expect(floatValues({ dtype: 'string', shape: [1], data: ['a'] })).toBeUndefined();
});
