import { z } from 'zod';
import { findEntropyThreshold } from '../find-entropy-threshold.ts';
import { histogramObserver } from '../histogram-observer.ts';
import type { ObserverRecord, Range, RangeGoal } from '../observer.ts';
import type { StreamingHistogram } from '../streaming-histogram.ts';

const options = z.strictObject({});

/**
 * The range whose quantized distribution is nearest, by Kullback–Leibler divergence, to the observed one (S. Migacz,
 * "8-bit inference with TensorRT", GTC 2017); see {@link findEntropyThreshold} for the formula.
 *
 * One threshold on |x| is sought, then clamped to the extremes. A magnitude has all `levels` steps where an asymmetric
 * goal meets one-sided values (after Relu, for example), and half of them otherwise: 8 bits search 256 or 128 levels.
 * Exact zeros are left out: every grid represents them without loss, while after a Relu their spike would drown the
 * rest of the distribution and drive the threshold down (NVIDIA's pytorch-quantization overwrites that bin for the
 * same reason). Where a magnitude has as many levels as there are bins (1025..2048) there is
 * nothing to search and the range is that of minmax.
 */
export const entropy: ObserverRecord<z.infer<typeof options>> = {
  name: 'entropy',
  summary: 'least Kullback–Leibler divergence between original and quantized values (TensorRT)',
  isOrderSensitive: false,
  options,
  create: () => histogramObserver(search),
};

function search(histogram: StreamingHistogram, goal: RangeGoal): Range {
  const { min, max } = histogram.extremes;
  const isOneSided = min >= 0 || max <= 0;
  const magnitudeLevels = isOneSided && !goal.symmetric ? goal.levels : Math.ceil(goal.levels / 2);
  const bins = mergePairs(histogram.magnitudes());
  // With a single level every threshold looks perfect; two is the least that can tell them apart.
  const kept = findEntropyThreshold(bins, Math.max(magnitudeLevels, 2));
  const threshold = kept * 2 * histogram.binWidth;
  return { min: Math.max(min, -threshold), max: Math.min(max, threshold) };
}

/** Halves the 2049..4096 magnitude bins to the 1025..2048 the method is known to work with. */
function mergePairs(bins: Float64Array): Float64Array {
  const merged = new Float64Array(Math.ceil(bins.length / 2));
  for (let i = 0; i < bins.length; i++) merged[i >> 1] += bins[i];
  return merged;
}
