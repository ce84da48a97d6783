import { z } from 'zod';
import type { Augmentation } from '../augmentation.ts';
import type { ImageLayout } from '../image-layout.ts';
import { imageOf } from '../image-of.ts';
import { sampleViews } from '../sample-views.ts';

const options = z.strictObject({
  p: z.number().min(0).max(1).default(0.5).describe('part of the images that are flipped'),
});

export const flip: Augmentation<z.output<typeof options>> = {
  name: 'flip',
  summary: 'left and right of images swapped',
  takes: 'images',
  options,
  apply(batch, { p }, rngs) {
    const image = imageOf(batch, flip.name);
    for (const [i, sample] of sampleViews(batch).entries()) if (rngs[i].uniform() < p) mirror(sample, image);
  },
};

function mirror(sample: Float32Array, { planes, height, width, depth }: ImageLayout): void {
  const row = width * depth;
  for (let start = 0; start < planes * height * row; start += row)
    for (let left = start, right = start + row - depth; left < right; left += depth, right -= depth)
      for (let d = 0; d < depth; d++) {
        const held = sample[left + d];
        sample[left + d] = sample[right + d];
        sample[right + d] = held;
      }
}
