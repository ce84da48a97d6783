import { z } from 'zod';
import { histogramObserver } from '../histogram-observer.ts';
import type { ObserverRecord, Range, RangeGoal } from '../observer.ts';
import type { StreamingHistogram } from '../streaming-histogram.ts';

const options = z.strictObject({
  percentile: z
    .number()
    .gt(0)
    .max(100)
    .default(99.999)
    .describe('percent of all values kept inside the range'),
});

/**
 * The narrowest range, in whole histogram bins, that keeps at least `percentile` percent of all values inside.
 *
 * What may fall outside is split evenly between the two tails, because the tails of an activation differ and cutting
 * both at one magnitude, as ONNX Runtime does by default, leaves the shorter one uncut. Where only one tail can be cut
 * (a symmetric goal counts magnitudes; one-sided values end at 0, which the range contains anyway) it gets the whole
 * allowance. Each end lies within one bin of the exact order statistic, on its outer side, and never beyond the
 * extremes. With fewer than 100/(100 − percentile) values nothing is cut.
 */
export const percentile: ObserverRecord<z.infer<typeof options>> = {
  name: 'percentile',
  summary: 'keeps a given share of all values inside the range',
  isOrderSensitive: false,
  options,
  create: ({ percentile }) => histogramObserver((histogram, goal) => search(histogram, goal, percentile)),
};

/** Shares like (100 − 99.9)/100 are a few units in the last place off; a whole count must not be missed for that. */
const COUNT_TOLERANCE = 1e-9;

function search(histogram: StreamingHistogram, goal: RangeGoal, percentile: number): Range {
  const { min, max } = histogram.extremes;
  const mayCut = (tails: number) =>
    Math.floor(
      ((100 - percentile) / (100 * tails)) * histogram.count * (1 + COUNT_TOLERANCE) + COUNT_TOLERANCE,
    );

  if (goal.symmetric) {
    const kept = binsKept(histogram.magnitudes(), mayCut(1));
    const bound = Math.min(kept * histogram.binWidth, Math.max(-min, max));
    return { min: -bound, max: bound };
  }
  const { edges, counts } = histogram.cells();
  const allowance = mayCut(min < 0 && max > 0 ? 2 : 1);
  // A tail ends at 0 at the latest: what lies beyond is the other tail.
  const firstPositive = counts.findIndex((_, i) => edges[i] >= 0);
  const negativeCount = firstPositive < 0 ? counts.length : firstPositive;
  const negative = binsKept(counts.slice(0, negativeCount).reverse(), allowance);
  const positive = binsKept(counts.slice(negativeCount), allowance);
  return {
    min: negative === 0 ? 0 : edges[negativeCount - negative],
    max: positive === 0 ? 0 : edges[negativeCount + positive],
  };
}

/** How many bins remain when bins are taken off the end while they hold no more than `allowance` values in all. */
function binsKept(counts: Float64Array, allowance: number): number {
  let kept = counts.length;
  let cut = 0;
  while (kept > 0 && cut + counts[kept - 1] <= allowance) {
    cut += counts[kept - 1];
    kept--;
  }
  return kept;
}
