/** Guards a seam against programmers' mistakes (shapes, counts, declared properties); users' mistakes get a PareError. */
export function check(condition: unknown, message: () => string): asserts condition {
  if (!condition) throw new Error(`pare internal check failed: ${message()}`);
}
