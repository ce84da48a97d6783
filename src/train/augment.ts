import { Rng } from '../base/rng.ts';
import type { AugmentationBatch, ChosenAugmentation } from './augmentation.ts';

/**
 * Applies augmentations in order. Takes one number a sample from the generator: samples cut into other batches come out
 * the same, but for those that are mixed with others of their batch.
 */
export function augment(batch: AugmentationBatch, chosen: readonly ChosenAugmentation[], rng: Rng): void {
  const rngs = Array.from({ length: batch.count }, () => new Rng(rng.uint32()));
  for (const { augmentation, options } of chosen) augmentation.apply(batch, options, rngs);
}
