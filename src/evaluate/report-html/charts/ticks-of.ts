/**
 * Round axis values that enclose `low`..`high`: multiples of 1, 2 or 5 × a power of ten, about `count` of them,
 * at least two. `low` ≤ `high`, both finite.
 */
export function ticksOf(low: number, high: number, count: number): number[] {
  const span = high > low ? high - low : 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step =
    [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999) ?? 10 * power;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}
