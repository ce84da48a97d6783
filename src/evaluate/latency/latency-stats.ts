import { quantile } from '../quantile.ts';
import type { Measured } from '../report.ts';

/** Milliseconds a run: median, 10th and 90th percentile, over `runs` timings with `batch` samples a run. */
export type LatencyStats = NonNullable<Measured['latencyMs']>;

/** @param timingsMs milliseconds a run, at least one timing */
export function latencyStats(timingsMs: Float64Array, batch: number): LatencyStats {
  const sorted = Float64Array.from(timingsMs).sort();
  return {
    median: quantile(sorted, 0.5),
    p10: quantile(sorted, 0.1),
    p90: quantile(sorted, 0.9),
    runs: sorted.length,
    batch,
  };
}
