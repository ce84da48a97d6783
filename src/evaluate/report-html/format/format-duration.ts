import { formatFixed, formatNumber } from './format-number.ts';

/** How long a command ran: `0.840 s`, `42.1 s`, `3 min 12 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 99.95) return `${formatNumber(seconds)}\u202fs`;
  const whole = Math.floor(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}\u202fmin ${whole % 60}\u202fs`;
  return `${formatFixed(Math.floor(whole / 3600), 0)}\u202fh ${Math.floor((whole % 3600) / 60)}\u202fmin`;
}
