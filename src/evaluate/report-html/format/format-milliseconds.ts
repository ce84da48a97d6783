import { formatNumber } from './format-number.ts';

/** `0.420 ms`, `12.3 ms`; from ten seconds on in seconds. */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds >= 10_000) return `${formatNumber(milliseconds / 1000)}\u202fs`;
  return `${formatNumber(milliseconds)}\u202fms`;
}
