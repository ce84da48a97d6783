import { formatFixed, formatNumber } from './format-number.ts';

/**
 * Three significant digits with the unit that fits, steps of 1000: `812 B`, `1.09 MB`; values below the second unit
 * are whole.
 * @param units from the smallest, at least one; an empty unit leaves no space behind
 */
export function formatScaled(value: number, units: readonly string[]): string {
  let scaled = value;
  let step = 0;
  // 999.5 would print as "1000": it belongs to the next unit already.
  while (Math.abs(scaled) >= 999.5 && step < units.length - 1) {
    scaled /= 1000;
    step++;
  }
  const number = step === 0 ? formatFixed(scaled, 0) : formatNumber(scaled);
  return units[step] === '' ? number : `${number}\u202f${units[step]}`;
}
