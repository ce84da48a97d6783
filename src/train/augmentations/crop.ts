import { z } from 'zod';
import type { Rng } from '../../base/rng.ts';
import type { Augmentation } from '../augmentation.ts';
import { imageOf } from '../image-of.ts';
import { moveAlong } from '../move-along.ts';
import { sampleViews } from '../sample-views.ts';

const options = z.strictObject({
  pad: z
    .int()
    .min(0)
    .optional()
    .describe(
      'pixels added at each border before a cut of the old size (default 4; 2 where a side is below 32)',
    ),
});

/** A cut of the old size at a random place of the image with a border around it: the image moved, the border let in. */
export const crop: Augmentation<z.output<typeof options>> = {
  name: 'crop',
  summary: 'images moved by a few pixels, as a cut of an image with a border',
  takes: 'images',
  options,
  apply(batch, options, rngs) {
    const { planes, height, width, depth } = imageOf(batch, crop.name);
    const side = Math.min(height, width);
    const pad = Math.min(options.pad ?? (side < 32 ? 2 : 4), side);
    const rows = { outer: planes, length: height, inner: width * depth };
    const columns = { outer: planes * height, length: width, inner: depth };
    for (const [i, sample] of sampleViews(batch).entries()) {
      moveAlong(sample, batch.blank, rows, offset(rngs[i], pad));
      moveAlong(sample, batch.blank, columns, offset(rngs[i], pad));
    }
  },
};

function offset(rng: Rng, pad: number): number {
  return rng.below(2 * pad + 1) - pad;
}
