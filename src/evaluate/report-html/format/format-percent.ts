import { formatFixed } from './format-number.ts';

const mostDecimals = 4;

/**
 * A fraction as `99.3 %`. Decimals are added where rounding would claim exactly 0 or 100 % of something that is not:
 * 0.99995 is `99.995 %`.
 */
export function formatPercent(fraction: number, decimals = 1): string {
  const percent = fraction * 100;
  let shown = decimals;
  while (shown < mostDecimals && fraction > 0 && fraction < 1 && isClaim(percent, shown)) shown++;
  return `${formatFixed(percent, shown)}\u202f%`;
}

function isClaim(percent: number, decimals: number): boolean {
  const rounded = Number(percent.toFixed(decimals));
  return rounded === 0 || rounded === 100;
}
