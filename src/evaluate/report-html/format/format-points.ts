import { formatFixed } from './format-number.ts';

/**
 * Percentage points without their unit, all of one sentence or figure with the same decimals: one; two or three where a
 * value that is not zero would otherwise be printed as zero or with a tenth's error as large as itself.
 */
export function formatPoints<const T extends readonly number[]>(...points: T): { [K in keyof T]: string } {
  const decimals = points.reduce((most, value) => Math.max(most, decimalsOf(value)), 1);
  const texts = points.map((value) => (value === 0 ? '0' : formatFixed(value, decimals)));
  return texts as { [K in keyof T]: string }; // map keeps the length
}

function decimalsOf(value: number): number {
  const size = Math.abs(value);
  if (size >= 0.1 || size === 0) return 1;
  return size >= 0.01 ? 2 : 3;
}
