interface Minifloat {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  /** Largest finite number: what lies above are infinities and NaNs. */
  readonly max: number;
}

/** All finite numbers from 0 on of a floating-point format: m·2^(1 − bias) below the first exponent, else (1 + m)·2^(e − bias). */
export function minifloatMagnitudes({ exponentBits, mantissaBits, bias, max }: Minifloat): number[] {
  const steps = 2 ** mantissaBits;
  return Array.from({ length: 2 ** exponentBits * steps }, (_, code) => {
    const [exponent, mantissa] = [Math.floor(code / steps), (code % steps) / steps];
    return exponent === 0 ? mantissa * 2 ** (1 - bias) : (1 + mantissa) * 2 ** (exponent - bias);
  }).filter((x) => x <= max);
}
