/** A binary floating-point layout of at most 16 bits. */
export interface MinifloatLayout {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  /**
   * What the special codes are: `ieee`: the highest exponent means infinity and NaN; `fn`: only all ones are NaN; `fnuz`:
   * only the code of −0 is NaN; `finite`: none.
   */
  readonly specials: 'ieee' | 'fn' | 'fnuz' | 'finite';
}

/** Value of every code, by code; all of them are float32 numbers. */
export function minifloatValues(layout: MinifloatLayout): Float32Array {
  const count = 2 ** (1 + layout.exponentBits + layout.mantissaBits);
  return Float32Array.from({ length: count }, (_, code) => numberOf(code, layout));
}

function numberOf(code: number, { exponentBits, mantissaBits, bias, specials }: MinifloatLayout): number {
  const signBit = 2 ** (exponentBits + mantissaBits);
  const sign = code >= signBit ? -1 : 1;
  const magnitude = code % signBit;
  if (specials === 'fnuz' && code === signBit) return Number.NaN;
  if (specials === 'fn' && magnitude === signBit - 1) return Number.NaN;
  const exponent = Math.floor(magnitude / 2 ** mantissaBits);
  const fraction = (magnitude % 2 ** mantissaBits) / 2 ** mantissaBits;
  if (specials === 'ieee' && exponent === 2 ** exponentBits - 1)
    return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  // Exponent 0 holds the numbers below the smallest normal one, evenly spaced.
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}
