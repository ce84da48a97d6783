import { z } from 'zod';
import type { Augmentation } from '../augmentation.ts';
import type { ImageLayout } from '../image-layout.ts';
import { imageOf } from '../image-of.ts';
import { sampleViews } from '../sample-views.ts';

const options = z.strictObject({
  size: z
    .int()
    .min(1)
    .optional()
    .describe('side of the square in pixels (default a quarter of the shorter side)'),
});

/** DeVries & Taylor 2017: the square's centre is any pixel, so that parts of it may lie outside. */
export const cutout: Augmentation<z.output<typeof options>> = {
  name: 'cutout',
  summary: 'a square of each image left empty',
  takes: 'images',
  options,
  apply(batch, options, rngs) {
    const image = imageOf(batch, cutout.name);
    const size = options.size ?? Math.max(1, Math.floor(Math.min(image.height, image.width) / 4));
    for (const [i, sample] of sampleViews(batch).entries()) {
      const top = rngs[i].below(image.height) - (size >> 1);
      const left = rngs[i].below(image.width) - (size >> 1);
      clear(sample, batch.blank, image, { top, left, size });
    }
  },
};

function clear(
  sample: Float32Array,
  blank: Float32Array,
  { planes, height, width, depth }: ImageLayout,
  { top, left, size }: { top: number; left: number; size: number },
): void {
  const from = Math.max(left, 0) * depth;
  const to = Math.min(left + size, width) * depth;
  for (let plane = 0; plane < planes; plane++)
    for (let y = Math.max(top, 0); y < Math.min(top + size, height); y++) {
      const row = (plane * height + y) * width * depth;
      for (let i = row + from; i < row + to; i++) sample[i] = blank[i];
    }
}
