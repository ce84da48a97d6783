import { fitRange } from './fit-range.ts';
import type { Observer, Range, RangeGoal } from './observer.ts';
import { StreamingHistogram } from './streaming-histogram.ts';

/**
 * An observer that keeps a histogram and leaves the choice of range to `search`, a pure function of it. Whatever that
 * returns is made to contain 0 and to be symmetric where asked. All-zero values give [0, 0] without a search.
 */
export function histogramObserver(
  search: (histogram: StreamingHistogram, goal: RangeGoal) => Range,
): Observer {
  const histogram = new StreamingHistogram();
  return {
    histogram,
    observe: (values) => histogram.observe(values),
    range(goal) {
      const extremes = histogram.extremes;
      // A constant is exact at the end of its own range; no narrower range can be better.
      return fitRange(extremes.min === extremes.max ? extremes : search(histogram, goal), goal);
    },
  };
}
