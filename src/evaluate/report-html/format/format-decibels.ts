import { formatFixed } from './format-number.ts';

/** `38.2 dB`. */
export function formatDecibels(decibels: number, decimals = 1): string {
  return `${formatFixed(decibels, decimals)}\u202fdB`;
}
