import { check } from '../../base/check.ts';
import { Rng } from '../../base/rng.ts';
import { quantile } from '../quantile.ts';
import { type BootstrapOptions, DEFAULT_RESAMPLES, INTERVAL_95 } from './bootstrap-options.ts';

/** Draws of samples over all resamples: bounds the time (about a second) where there are very many samples. */
const MAX_DRAWS = 2e7;
/** With fewer the ends of an interval are not stable. */
const FEWEST_RESAMPLES = 1000;

/** What a metric of two models is made of, sample by sample. */
export interface PairedSums {
  /** Sums a sample, `[samples, width]`, row-major. */
  readonly before: Float64Array;
  /** The same of the second model on the same samples in the same order. */
  readonly after: Float64Array;
  readonly width: number;
  /** From sums over samples, how much of the metric is lost (negative: gained). */
  readonly lost: (before: Float64Array, after: Float64Array) => number;
}

/**
 * The loss over all samples, with the percentile interval of the paired bootstrap (Efron & Tibshirani 1993, §13.3): samples
 * are redrawn with both models' results on them. Draws whose loss is no number are left out.
 */
export function bootstrapSums(
  paired: PairedSums,
  { seed, resamples = DEFAULT_RESAMPLES }: BootstrapOptions,
): { lost: number; low: number; high: number } {
  const { before, after, width, lost } = paired;
  const samples = before.length / width;
  check(samples > 0 && before.length === after.length, () => `${before.length} and ${after.length} sums`);
  const all = lost(...sumsOver(paired, samples, (i) => i));
  const rng = new Rng(seed);
  const rounds = Math.min(resamples, Math.max(FEWEST_RESAMPLES, Math.floor(MAX_DRAWS / samples)));
  const losses = Float64Array.from({ length: rounds }, () =>
    lost(...sumsOver(paired, samples, () => rng.below(samples))),
  )
    .filter(Number.isFinite)
    .sort();
  const [low, high] = INTERVAL_95;
  if (losses.length === 0) return { lost: all, low: all, high: all };
  return { lost: all, low: quantile(losses, low), high: quantile(losses, high) };
}

/** Sums of both models over as many samples as there are, chosen by `pick`. */
function sumsOver(
  { before, after, width }: PairedSums,
  samples: number,
  pick: (i: number) => number,
): [Float64Array, Float64Array] {
  const [a, b] = [new Float64Array(width), new Float64Array(width)];
  for (let i = 0; i < samples; i++) {
    const start = pick(i) * width;
    for (let k = 0; k < width; k++) {
      a[k] += before[start + k];
      b[k] += after[start + k];
    }
  }
  return [a, b];
}
