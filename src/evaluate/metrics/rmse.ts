import { errorMetric } from '../error-metric.ts';

/** Root of the mean squared error over all elements, in units of the targets. */
export const rmse = errorMetric({
  name: 'rmse',
  label: 'RMSE',
  summary: 'Root of the mean of the squared errors of all values.',
  isPrimary: true,
  of: (error) => error * error,
  value: Math.sqrt,
});
