import { check } from '../../base/check.ts';
import { bootstrapMedian, type MedianInterval } from '../compare/bootstrap-median.ts';
import type { BootstrapOptions } from '../compare/bootstrap-options.ts';

/**
 * How many times faster b is than a: the median over rounds of a's time by b's, with its 95 % interval. Taken round by
 * round, so that what slows both in a round divides out.
 * @param aMs milliseconds a run, by round
 * @param bMs the same rounds; positive
 */
export function speedup(aMs: Float64Array, bMs: Float64Array, options: BootstrapOptions): MedianInterval {
  check(aMs.length === bMs.length, () => `${aMs.length} and ${bMs.length} rounds`);
  return bootstrapMedian(
    aMs.map((ms, round) => ms / bMs[round]),
    options,
  );
}
