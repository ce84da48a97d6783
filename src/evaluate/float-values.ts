import type { Tensor } from '../base/tensor.ts';

/** A tensor's values as float32 (no copy where they are), or undefined where its type is not a floating point one. */
export function floatValues({ dtype, data }: Tensor): Float32Array | undefined {
  if (dtype === 'float' && data instanceof Float32Array) return data;
  if (dtype === 'double' && data instanceof Float64Array) return Float32Array.from(data);
  if (dtype === 'float16' && data instanceof Uint16Array) return Float32Array.from(data, halfValue);
  return undefined;
}

/** The number IEEE 754 binary16 bits stand for. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
