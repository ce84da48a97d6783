/** Largest finite bfloat16. */
export const BFLOAT16_MAX = 3.3895313892515355e38;

/** Float32 numbers as the 16 bits of the nearest bfloat16 (float32's upper half), ties to even; NaN stays NaN. */
export function toBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (x) => {
    if ((x & 0x7fffffff) > 0x7f800000) return (x >>> 16) | 0x40;
    // Half a step less the tie, and the tie's own bit where the upper half is odd.
    return (x + 0x7fff + ((x >>> 16) & 1)) >>> 16;
  });
}

/** The numbers that 16 bits each stand for; exact. */
export function fromBfloat16(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (x) => x << 16).buffer);
}
