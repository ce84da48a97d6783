/** Largest finite float16. */
export const FLOAT16_MAX = 65504;

/**
 * Float32 numbers as the 16 bits of the nearest float16 (IEEE 754 binary16), ties to even. Beyond ±65,520 they become
 * infinite; below 2⁻¹⁴ they lose bits, and from 2⁻²⁵ down they become 0. NaN becomes a quiet NaN.
 */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, halfOfBits);
}

function halfOfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520, from where the nearest is no longer finite.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) return sign | subnormal(magnitude);
  // Exponent 127 becomes 15; 13 bits of the fraction go, the carry may run into the exponent as it should.
  return sign | roundShift(magnitude - 0x38000000, 13);
}

/** Below 2⁻¹⁴ float16 counts in steps of 2⁻²⁴. */
function subnormal(magnitude: number): number {
  const exponent = magnitude >>> 23;
  // Half a step at most, of which the tie goes to 0.
  if (exponent < 102) return 0;
  return roundShift((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

/** x / 2ⁿ to the nearest integer, ties to even; 0 < n < 32. */
function roundShift(x: number, n: number): number {
  const half = 2 ** (n - 1);
  const rest = x & (2 * half - 1);
  const quotient = x >>> n;
  return rest > half || (rest === half && (quotient & 1) === 1) ? quotient + 1 : quotient;
}

/** The numbers that 16 bits each stand for; exact. */
export function fromFloat16(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}
