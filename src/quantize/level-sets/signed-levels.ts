/** The given magnitudes with both signs, ascending, 0 once. */
export function signedLevels(magnitudes: readonly number[]): number[] {
  const all = magnitudes.flatMap((x) => (x === 0 ? [0] : [-x, x]));
  return [...new Set(all)].sort((a, b) => a - b);
}
