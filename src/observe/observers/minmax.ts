import { z } from 'zod';
import { nothingObserved } from '../errors.ts';
import { fitRange } from '../fit-range.ts';
import type { Observer, ObserverRecord, Range } from '../observer.ts';
import { scanExtremes } from '../scan-extremes.ts';

const options = z.strictObject({});

/** The smallest and largest value of all samples: nothing is clipped, one outlier sets the step. */
export const minmax: ObserverRecord<z.infer<typeof options>> = {
  name: 'minmax',
  summary: 'smallest and largest value seen; nothing is clipped',
  isOrderSensitive: false,
  options,
  create: createMinmax,
};

function createMinmax(): Observer {
  let seen: Range | undefined;
  return {
    needsOnlyExtremes: true,
    observe(values) {
      if (values.length === 0) return;
      const { min, max } = scanExtremes(values);
      seen = seen ? { min: Math.min(seen.min, min), max: Math.max(seen.max, max) } : { min, max };
    },
    range(goal) {
      if (!seen) throw nothingObserved();
      return fitRange(seen, goal);
    },
  };
}
