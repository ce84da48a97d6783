import { formatFixed } from './format-number.ts';

/** `38.2 dB`. */
export function formatDecibels(decibels: number): string {
  return `${formatFixed(decibels, 1)}\u202fdB`;
}
