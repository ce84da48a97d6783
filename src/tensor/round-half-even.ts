/**
 * Nearest integer, ties to even, as ONNX's Round and QuantizeLinear round (`Math.round` rounds ties up).
 * Exact for |x| < 2⁵¹; larger values are integers already or returned unchanged.
 */
export function roundHalfEven(x: number): number {
  // Adding 1.5·2⁵² leaves no bits for a fraction; the FPU's own rounding mode (ties to even) does the work.
  if (x >= 2251799813685248 || x <= -2251799813685248) return x;
  return x + 6755399441055744 - 6755399441055744;
}
