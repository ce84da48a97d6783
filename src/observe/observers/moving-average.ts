import { z } from 'zod';
import { nothingObserved } from '../errors.ts';
import { fitRange } from '../fit-range.ts';
import type { Observer, ObserverRecord, Range } from '../observer.ts';
import { scanExtremes } from '../scan-extremes.ts';

const options = z.strictObject({
  constant: z.number().gt(0).max(1).default(0.01).describe('weight of each new sample, above 0, at most 1'),
});

/**
 * Exponential moving average of each sample's smallest and largest value: the first sample sets both, each later one
 * moves them by m ← (1 − c)·m + c·extreme. Defined for each sample in order, so batch sizes make no difference but the
 * samples' order does. (ONNX Runtime's option of that name averages the batches of a pass evenly instead and applies
 * its constant only between passes.) The average lies inside the extremes: outliers of few samples are clipped.
 */
export const movingAverage: ObserverRecord<z.infer<typeof options>> = {
  name: 'moving-average',
  summary: "moving average of each sample's smallest and largest value",
  isOrderSensitive: true,
  options,
  create: createMovingAverage,
};

function createMovingAverage({ constant }: z.infer<typeof options>): Observer {
  let average: Range | undefined;
  return {
    needsOnlyExtremes: true,
    observe(values) {
      if (values.length === 0) return;
      const { min, max } = scanExtremes(values);
      average = average
        ? {
            min: (1 - constant) * average.min + constant * min,
            max: (1 - constant) * average.max + constant * max,
          }
        : { min, max };
    },
    range(goal) {
      if (!average) throw nothingObserved();
      return fitRange(average, goal);
    },
  };
}
