/**
 * Where `value` lies between `min` and `max`, as an SVG percentage; values outside, and NaN, are held at the ends.
 * Percentages let a chart stretch with its container while its text and markers keep their size.
 */
export function percentOf(value: number, min: number, max: number): string {
  const share = max > min ? (value - min) / (max - min) : 0;
  const held = Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share));
  return `${Number((held * 100).toFixed(2))}%`;
}
