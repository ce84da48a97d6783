import type { Cancellable } from '../../base/progress.ts';
import { type LatencyStats, latencyStats } from './latency-stats.ts';
import { roundOrder } from './round-order.ts';
import { type Candidate, type Clock, runsATiming, timeRuns } from './timer.ts';

export interface LatencyOptions extends Cancellable {
  /** Rounds in which each model is timed once; default 60. */
  runs?: number;
  /** Runs of each model before the first timing; default 10. */
  warmup?: number;
  /** A timing holds as many runs as it takes to last that long; default 0.3. */
  minTimingMs?: number;
  /** Samples in the feeds, for the report; default 1. */
  batch?: number;
  /** Default `performance.now`. */
  now?: Clock;
}

/** How long one model took. */
export interface Latency {
  stats: LatencyStats;
  /** Milliseconds a run, by round; timings of one round belong together. */
  timingsMs: Float64Array;
}

/**
 * Times models in interleaved rounds: each is timed once a round, in turning order, so that what the machine does
 * meanwhile meets all alike. Results come in the order of the candidates.
 * @throws PareError where the clock does not advance; the signal's reason when aborted
 */
export async function measureLatencySet(
  candidates: readonly Candidate[],
  {
    runs = 60,
    warmup = 10,
    minTimingMs = 0.3,
    batch = 1,
    now = () => performance.now(),
    signal,
    onProgress,
  }: LatencyOptions = {},
): Promise<Latency[]> {
  const timers: { candidate: Candidate; repeats: number; timingsMs: Float64Array }[] = [];
  for (const candidate of candidates) {
    signal?.throwIfAborted();
    for (let i = 0; i < warmup; i++) await candidate.session.run(candidate.feeds);
    const repeats = await runsATiming(candidate, minTimingMs, now);
    timers.push({ candidate, repeats, timingsMs: new Float64Array(runs) });
  }
  for (let round = 0; round < runs; round++) {
    for (const index of roundOrder(round, timers.length)) {
      signal?.throwIfAborted();
      const { candidate, repeats, timingsMs } = timers[index];
      timingsMs[round] = (await timeRuns(candidate, repeats, now)) / repeats;
    }
    onProgress?.({ phase: 'latency', done: round + 1, total: runs });
  }
  return timers.map(({ timingsMs }) => ({ stats: latencyStats(timingsMs, batch), timingsMs }));
}
