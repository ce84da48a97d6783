import type { Comparison } from '../../report.ts';
import { formatFixed, formatNumber } from './format-number.ts';
import { formatPoints } from './format-points.ts';

type Unit = NonNullable<Comparison['drop']>['unit'];

/** Differences of one metric, without their unit: of one sentence or figure, alike in decimals where they have a unit. */
export function formatDifferences<const T extends readonly number[]>(
  unit: Unit,
  ...differences: T
): { [K in keyof T]: string } {
  if (unit === undefined) return formatPoints(...differences);
  const format = (value: number) => (unit === 'dB' ? formatFixed(value, 2) : formatNumber(value));
  return differences.map(format) as { [K in keyof T]: string }; // map keeps the length
}
