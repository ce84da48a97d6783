import { Rng } from '../base/rng.ts';
import type { Tensor } from '../base/tensor.ts';
import { elementCount } from '../tensor/element-count.ts';

/** Float32 normal numbers, seeded by a text. */
export function f32(shape: readonly number[], seed: string, scale = 1): Tensor<Float32Array> {
  const rng = new Rng(hash(seed));
  const data = Float32Array.from({ length: elementCount(shape) }, () => rng.normal() * scale);
  return { dtype: 'float', shape, data };
}

/** Float32 numbers as given. */
export function floats(shape: readonly number[], values: readonly number[]): Tensor<Float32Array> {
  return { dtype: 'float', shape, data: Float32Array.from(values) };
}

/** An int64 vector, or a scalar of one number. */
export function int64(values: number | readonly number[]): Tensor<BigInt64Array> {
  const numbers = typeof values === 'number' ? [values] : values;
  const shape = typeof values === 'number' ? [] : [numbers.length];
  return { dtype: 'int64', shape, data: BigInt64Array.from(numbers, BigInt) };
}

/** FNV-1a. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
