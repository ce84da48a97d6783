import { z } from 'zod';
import type { Rng } from '../../base/rng.ts';
import type { Augmentation } from '../augmentation.ts';
import { imageOf } from '../image-of.ts';
import { resample } from '../resample.ts';
import { sampleViews } from '../sample-views.ts';
import { smoothField } from '../smooth-field.ts';

const options = z.strictObject({
  alpha: z.number().min(0).default(34).describe('strength, in pixels before the smoothing'),
  sigma: z
    .number()
    .positive()
    .default(4)
    .describe('smoothness: standard deviation of the Gaussian, in pixels'),
});

/**
 * Each pixel moved by uniform numbers of −α to α, smoothed (Simard, Steinkraus & Platt 2003). The defaults are theirs for
 * digits of 29 × 29 pixels: moves of about 1.4 pixels.
 */
export const elastic: Augmentation<z.output<typeof options>> = {
  name: 'elastic',
  summary: 'images bent smoothly, as handwriting differs',
  takes: 'images',
  options,
  apply(batch, { alpha, sigma }, rngs) {
    const image = imageOf(batch, elastic.name);
    const area = image.height * image.width;
    const source = new Float32Array(batch.blank.length);
    const [xs, ys, scratch] = [0, 1, 2].map(() => new Float32Array(area));
    for (const [i, sample] of sampleViews(batch).entries()) {
      for (const field of [xs, ys]) {
        fillUniform(field, alpha, rngs[i]);
        smoothField(field, image, sigma, scratch);
      }
      addOwnPlaces(xs, ys, image.width);
      source.set(sample);
      resample(source, sample, batch.blank, image, { xs, ys });
    }
  },
};

function fillUniform(field: Float32Array, alpha: number, rng: Rng): void {
  for (let i = 0; i < field.length; i++) field[i] = alpha * (2 * rng.uniform() - 1);
}

function addOwnPlaces(xs: Float32Array, ys: Float32Array, width: number): void {
  for (let i = 0, x = 0, y = 0; i < xs.length; i++, x++) {
    if (x === width) {
      x = 0;
      y++;
    }
    xs[i] += x;
    ys[i] += y;
  }
}
