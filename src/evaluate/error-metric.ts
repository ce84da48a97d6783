import type { RegressionMetric } from './metric.ts';
import { sumErrors } from './sum-errors.ts';

/** What tells one mean of errors from another. */
interface ErrorMetric {
  name: string;
  label: string;
  summary: string;
  isPrimary: boolean;
  /** Of one error, `got − wanted`. */
  of: (error: number) => number;
  /** Of the mean of these over all elements of all samples. */
  value: (mean: number) => number;
}

/** A regression metric that is a function of a mean over all elements; lower is better. */
export function errorMetric({ of, value, ...facts }: ErrorMetric): RegressionMetric {
  return {
    ...facts,
    task: 'regression',
    higherIsBetter: false,
    unit: 'number',
    width: 2,
    add(answer, sums) {
      sums[0] += sumErrors(answer, of);
      sums[1] += answer.got.length;
    },
    value: ([sum, count]) => value(sum / count),
  };
}
