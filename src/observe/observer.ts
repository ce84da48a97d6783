import type { z } from 'zod';
import type { StreamingHistogram } from './streaming-histogram.ts';

/** The grid a range is sought for. */
export interface RangeGoal {
  /** Number of representable steps plus one: 256 for 8 bits, 255 for symmetric int8. */
  levels: number;
  /** The range must be [−m, m]. */
  symmetric: boolean;
}

export interface Range {
  min: number;
  max: number;
}

/** Streaming statistics of one value; memory does not grow with the number of samples. */
export interface Observer {
  /** The histogram it keeps, if it keeps one: nobody else need make another. */
  readonly histogram?: StreamingHistogram;
  /** It asks of a sample no more than its smallest and largest value: whoever has those need not give all values. */
  readonly needsOnlyExtremes?: boolean;
  /** Takes one sample's values, in order of the samples. Throws a PareError on NaN or infinity. */
  observe(values: Float32Array): void;
  /** The range to quantize; always contains 0 and, where `symmetric`, is [−m, m]. Throws when nothing was observed. */
  range(goal: RangeGoal): Range;
}

/** A way to find a value's range from calibration samples. */
export interface ObserverRecord<Options = unknown> {
  readonly name: string;
  /** One line for help texts and tables. */
  readonly summary: string;
  /** True when the order of the samples changes the result (moving average). */
  readonly isOrderSensitive: boolean;
  readonly options: z.ZodType<Options>;
  create(options: Options): Observer;
}
