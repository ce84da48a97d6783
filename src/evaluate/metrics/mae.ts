import { errorMetric } from '../error-metric.ts';

/** Mean absolute error over all elements, in units of the targets. */
export const mae = errorMetric({
  name: 'mae',
  label: 'mean absolute error',
  summary: 'Mean of the absolute errors of all values.',
  isPrimary: false,
  of: Math.abs,
  value: (mean) => mean,
});
