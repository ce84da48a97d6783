/**
 * The value below which the share `q` (0..1) lies, interpolated linearly between the neighbours (numpy's default).
 * @param sorted at least one value, ascending
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}
