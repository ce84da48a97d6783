import { check } from '../../base/check.ts';
import { Rng } from '../../base/rng.ts';
import { quantile } from '../quantile.ts';
import { type BootstrapOptions, DEFAULT_RESAMPLES, INTERVAL_95 } from './bootstrap-options.ts';

/** A median and its 95 % interval. */
export interface MedianInterval {
  median: number;
  low: number;
  high: number;
}

/**
 * The median of the values with the percentile interval of the bootstrap.
 * @param values at least one, independent of each other
 */
export function bootstrapMedian(
  values: Float64Array,
  { seed, resamples = DEFAULT_RESAMPLES }: BootstrapOptions,
): MedianInterval {
  check(values.length > 0, () => 'the median of nothing');
  const rng = new Rng(seed);
  const medians = new Float64Array(resamples);
  const drawn = new Float64Array(values.length);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < drawn.length; i++) drawn[i] = values[rng.below(values.length)];
    medians[r] = quantile(drawn.sort(), 0.5);
  }
  medians.sort();
  const [low, high] = INTERVAL_95;
  return {
    median: quantile(Float64Array.from(values).sort(), 0.5),
    low: quantile(medians, low),
    high: quantile(medians, high),
  };
}
