import type { AugmentationBatch } from './augmentation.ts';
import { noImage } from './augmentation-errors.ts';
import { type ImageLayout, imageLayout } from './image-layout.ts';

/** The layout of the batch's images, for the augmentation of that name. Throws `no-image`. */
export function imageOf({ shape }: Pick<AugmentationBatch, 'shape'>, augmentation: string): ImageLayout {
  const layout = imageLayout(shape);
  if (!layout) throw noImage(augmentation, shape);
  return layout;
}
