import { z } from 'zod';
import { check } from '../../base/check.ts';
import { coarsenCells } from '../coarsen-cells.ts';
import { expectedSquaredError } from '../expected-squared-error.ts';
import { fitRange } from '../fit-range.ts';
import { histogramObserver } from '../histogram-observer.ts';
import type { ObserverRecord, Range, RangeGoal } from '../observer.ts';
import type { StreamingHistogram } from '../streaming-histogram.ts';

const options = z.strictObject({});

/**
 * The range with the least mean squared error, rounding and clipping together, of the real grid at the goal's number of
 * levels (2..65536): {@link expectedSquaredError} on the histogram. Each end is a share of the full range's; a geometric
 * ladder of shares down to the histogram's own resolution is searched whole (both ends jointly: with few levels the zero
 * point jumps and the error has many local minima), then each end in turn at ever finer steps around the best. Nothing
 * beyond the extremes is tried, and the full range is, so on the histogram the result is never worse than minmax.
 */
export const mse: ObserverRecord<z.infer<typeof options>> = {
  name: 'mse',
  summary: 'least mean squared quantization error, rounding and clipping together',
  isOrderSensitive: false,
  options,
  create: () => histogramObserver(search),
};

/** Ladder where one end is free: rungs a tenth apart over 12 octaves, to one bin in 4096. */
const FINE_LADDER = ladder(0.15, 12);
/** Ladder where two are: dense over the three octaves where almost every best end lies, coarse below. */
const COARSE_LADDER = [...ladder(0.25, 3), ...ladder(1, 12).slice(4)];
/** Finer cells tell nothing more about a range many steps wide, and cost time. */
const CELLS_PER_LEVEL = 4;
/** With few levels the best range may be a small part of the full one. */
const MIN_CELLS = 1024;
/** Octaves between the points tried around the best so far; each pass spans the gap the one before left. */
const REFINEMENTS = [1 / 8, 1 / 32, 1 / 128];
/** Points tried on either side. */
const REFINEMENT_REACH = 6;
/** Each end is refined again after the other has moved. */
const ROUNDS = 2;

function search(histogram: StreamingHistogram, goal: RangeGoal): Range {
  check(goal.levels >= 2, () => `a grid of ${goal.levels} levels`);
  const cells = coarsenCells(histogram.cells(), Math.max(MIN_CELLS, CELLS_PER_LEVEL * goal.levels));
  const full = fitRange(histogram.extremes, goal);
  const rangeAt = ({ low, high }: Shares): Range => ({
    min: (goal.symmetric ? high : low) * full.min,
    max: high * full.max,
  });
  const errorAt = (shares: Shares): number => {
    const range = rangeAt(shares);
    return range.max > range.min ? expectedSquaredError(cells, range, goal.levels) : Number.POSITIVE_INFINITY;
  };
  if (goal.symmetric || full.min === 0) return rangeAt(leastError(errorAt, [1], FINE_LADDER));
  if (full.max === 0) return rangeAt(leastError(errorAt, FINE_LADDER, [1]));
  // A share of 0 cuts a whole tail off: right where it is short and levels are scarce.
  return rangeAt(leastError(errorAt, [...COARSE_LADDER, 0], [...COARSE_LADDER, 0]));
}

/** Shares of the full range's ends, 0..1. */
interface Shares {
  low: number;
  high: number;
}

/** The shares of least error: all pairs of candidates, then refined at each end that has more than one. */
function leastError(
  errorAt: (shares: Shares) => number,
  lows: readonly number[],
  highs: readonly number[],
): Shares {
  let best: Shares = { low: 1, high: 1 };
  let least = errorAt(best);
  const attempt = (shares: Shares): void => {
    const error = errorAt(shares);
    if (error < least) [best, least] = [shares, error];
  };
  for (const low of lows) {
    for (const high of highs) attempt({ low, high });
  }
  const freeEnds = [
    ...(highs.length > 1 ? ['high' as const] : []),
    ...(lows.length > 1 ? ['low' as const] : []),
  ];
  for (let round = 0; round < ROUNDS; round++) {
    for (const octaves of REFINEMENTS) {
      for (const end of freeEnds) {
        const centre = best;
        for (let i = -REFINEMENT_REACH; i <= REFINEMENT_REACH; i++) {
          attempt({ ...centre, [end]: Math.min(centre[end] * 2 ** (i * octaves), 1) });
        }
      }
    }
  }
  return best;
}

/** 1, 2^−step, 2^−2·step … 2^−octaves. */
function ladder(step: number, octaves: number): number[] {
  return Array.from({ length: Math.floor(octaves / step) + 1 }, (_, i) => 2 ** (-i * step));
}
