import type { Session } from '../../base/runner.ts';
import type { Tensor } from '../../base/tensor.ts';
import type { MedianInterval } from '../compare/bootstrap-median.ts';
import type { LatencyStats } from './latency-stats.ts';
import { type LatencyOptions, measureLatencySet } from './measure-latency-set.ts';
import { speedup } from './speedup.ts';

export interface LatencyPairOptions extends LatencyOptions {
  a: Session;
  b: Session;
  feedsA: Readonly<Record<string, Tensor>>;
  feedsB: Readonly<Record<string, Tensor>>;
  /** Seed of the speed-up's bootstrap. */
  seed: number;
}

export interface LatencyPair {
  a: LatencyStats;
  b: LatencyStats;
  /** a / b: above 1 where b is faster. */
  speedup: MedianInterval;
}

/** Times two models against each other; throws as {@link measureLatencySet}. */
export async function measureLatencyPair({
  a,
  b,
  feedsA,
  feedsB,
  seed,
  ...options
}: LatencyPairOptions): Promise<LatencyPair> {
  const candidates = [
    { session: a, feeds: feedsA },
    { session: b, feeds: feedsB },
  ];
  const [first, second] = await measureLatencySet(candidates, options);
  return {
    a: first.stats,
    b: second.stats,
    speedup: speedup(first.timingsMs, second.timingsMs, { seed }),
  };
}
