import type { Comparison } from '../../report.ts';

/** The word behind a difference, a space before it: ` points`, ` dB`; nothing where the metric has no unit. */
export function unitWord(unit: NonNullable<Comparison['drop']>['unit'], isOne = false): string {
  if (unit === undefined) return isOne ? ' point' : ' points';
  return unit === 'dB' ? '\u202fdB' : '';
}
