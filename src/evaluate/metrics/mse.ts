import { errorMetric } from '../error-metric.ts';

/** Mean squared error over all elements, in squared units of the targets. */
export const mse = errorMetric({
  name: 'mse',
  label: 'mean squared error',
  summary: 'Mean of the squared errors of all values.',
  isPrimary: false,
  of: (error) => error * error,
  value: (mean) => mean,
});
