import type { Session } from '../../base/runner.ts';
import type { Tensor } from '../../base/tensor.ts';
import { clockTooCoarse } from '../errors.ts';

/** A model and what to run it on. */
export interface Candidate {
  session: Session;
  feeds: Readonly<Record<string, Tensor>>;
}

/** Milliseconds since any fixed moment. */
export type Clock = () => number;

/** Where a clock still stands after that many runs, it will not move: no engine runs a model in 0.1 µs. */
const MOST_RUNS_A_TIMING = 4096;

/** Milliseconds that many runs, one after the other, take. */
export async function timeRuns({ session, feeds }: Candidate, runs: number, now: Clock): Promise<number> {
  const start = now();
  for (let i = 0; i < runs; i++) await session.run(feeds);
  return now() - start;
}

/**
 * How many runs one timing must hold to last `minTimingMs`, so that the clock's grain and the call's overhead vanish in
 * it; 1 for all but very fast models.
 * @throws PareError where the clock does not advance
 */
export async function runsATiming(candidate: Candidate, minTimingMs: number, now: Clock): Promise<number> {
  let runs = 1;
  for (;;) {
    const elapsedMs = await timeRuns(candidate, runs, now);
    if (elapsedMs >= minTimingMs && elapsedMs > 0) return runs;
    if (runs === MOST_RUNS_A_TIMING) throw clockTooCoarse(runs, elapsedMs);
    // At least doubled, as one short timing tells little; a clock that stood still tells nothing.
    const expected = elapsedMs > 0 ? Math.ceil((runs * minTimingMs) / elapsedMs) : 0;
    runs = Math.min(MOST_RUNS_A_TIMING, Math.max(2 * runs, expected));
  }
}
