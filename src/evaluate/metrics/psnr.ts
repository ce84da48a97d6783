import type { RegressionMetric, TargetScale } from '../metric.ts';
import { sumErrors } from '../sum-errors.ts';

/** What an exact copy counts as, so that one of them does not make the mean infinite. */
const EXACT_DB = 100;

/**
 * Peak signal to noise ratio: the mean over samples (steps, in sequences) of 10·log10(peak² / mean squared error). `peak` is
 * what the data set states (`judge.peak`); else 1 where all targets lie in 0..1, 255 where they lie in 0..255, and there
 * is no PSNR of other targets. An exact copy counts as 100 dB.
 */
export const psnr: RegressionMetric = {
  name: 'psnr',
  label: 'PSNR',
  summary: 'Mean over samples of the peak signal to noise ratio, in decibels.',
  task: 'regression',
  higherIsBetter: true,
  unit: 'dB',
  isPrimary: false,
  width: 3,
  add(answer, sums) {
    const mse = sumErrors(answer, (error) => error * error) / answer.got.length;
    if (mse === 0) {
      sums[2]++;
      return;
    }
    // Of peak 1; the real one is known at the end, and adds the same to every sample that is not exact.
    sums[0] -= 10 * Math.log10(mse);
    sums[1]++;
  },
  value([decibels, count, exact], scale) {
    const peak = peakOf(scale);
    if (peak === undefined) return undefined;
    return (decibels + count * 20 * Math.log10(peak) + exact * EXACT_DB) / (count + exact);
  },
};

function peakOf({ min, max, peak }: TargetScale): number | undefined {
  if (peak !== undefined) return peak;
  if (min < 0 || max > 255) return undefined;
  return max <= 1 ? 1 : 255;
}
