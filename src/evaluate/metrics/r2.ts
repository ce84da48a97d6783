import type { RegressionMetric } from '../metric.ts';
import { sumErrors } from '../sum-errors.ts';

/**
 * Coefficient of determination 1 − Σ(got − wanted)² / Σ(wanted − mean)², over all elements of all samples with one mean of
 * them all: 1 where every value is right, 0 for a model that always answers the mean. Undefined where all targets are equal.
 */
export const r2: RegressionMetric = {
  name: 'r2',
  label: 'R²',
  summary: 'Share of the variance of the targets that is explained.',
  task: 'regression',
  higherIsBetter: true,
  unit: 'number',
  isPrimary: false,
  width: 4,
  add(answer, sums) {
    const { wanted, got } = answer;
    sums[0] += sumErrors(answer, (error) => error * error);
    for (let i = 0; i < got.length; i++) {
      sums[1] += wanted[i];
      sums[2] += wanted[i] * wanted[i];
    }
    sums[3] += got.length;
  },
  value([errors, sum, squares, count], { min, max }) {
    return min === max ? undefined : 1 - errors / (squares - (sum * sum) / count);
  },
};
