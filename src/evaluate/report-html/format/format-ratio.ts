import { formatFixed, formatNumber } from './format-number.ts';

/** A factor: `3.6×`, `12×`; close to one with two decimals: `1.04×`, `0.97×`. */
export function formatRatio(ratio: number): string {
  if (!Number.isFinite(ratio) || ratio >= 1e6) return `${formatNumber(ratio)}×`;
  if (ratio < 1.1) return `${formatFixed(ratio, 2)}×`;
  return `${formatFixed(ratio, ratio < 9.95 ? 1 : 0)}×`;
}
