import type { AugmentationBatch } from './augmentation.ts';

/** Each sample of a batch, over the batch's own memory. */
export function sampleViews({ data, blank, count }: AugmentationBatch): Float32Array[] {
  const size = blank.length;
  return Array.from({ length: count }, (_, i) => data.subarray(i * size, (i + 1) * size));
}
