import { metricFacts } from '../metric-name.ts';
import { formatDecibels } from './format-decibels.ts';
import { formatNumber } from './format-number.ts';
import { formatPercent } from './format-percent.ts';

/** A metric's value in its unit: per cent, decibels, or the number; numbers too where pare does not know the metric. */
export function formatMetric(name: string, value: number, decimals?: number): string {
  switch (metricFacts(name)?.unit) {
    case 'fraction':
      return formatPercent(value, decimals);
    case 'dB':
      return formatDecibels(value, decimals);
    default:
      return formatNumber(value);
  }
}
