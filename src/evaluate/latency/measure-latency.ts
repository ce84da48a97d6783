import type { LatencyStats } from './latency-stats.ts';
import { type LatencyOptions, measureLatencySet } from './measure-latency-set.ts';
import type { Candidate } from './timer.ts';

/** Times one model; throws as {@link measureLatencySet}. */
export async function measureLatency({
  session,
  feeds,
  ...options
}: Candidate & LatencyOptions): Promise<LatencyStats> {
  const [{ stats }] = await measureLatencySet([{ session, feeds }], options);
  return stats;
}
