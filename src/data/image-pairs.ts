import { z } from 'zod';
import { cropImage } from './crop-image.ts';
import { cropTooLarge } from './errors.ts';
import type { ImageReader } from './image-samples.ts';
import { createPixelValues, fitImage } from './preprocess.ts';
import type { PreprocessOptions } from './preprocess-options.ts';
import { resizeImage } from './resize-image.ts';
import type { Samples } from './source.ts';
import { strictObject } from './strict-object.ts';

/** `targets` of an image data set: for super-resolution, the image is wanted of it made smaller. */
export const pairOptions = strictObject({
  /** How many times smaller the model gets it, in both directions. */
  downscale: z.int().min(2).max(16),
  /** How it is made smaller. */
  kernel: z.enum(['cubic', 'lanczos3', 'linear']).default('cubic'),
});

/**
 * Pairs of images: the target is the prepared image, its centre cropped to a multiple of `downscale`; the field `pixels` is
 * that image made smaller, at 8 bits as cameras and files have it. Both get the values `options` say.
 */
export function imagePairs(
  reader: ImageReader,
  options: PreprocessOptions,
  { downscale, kernel }: z.output<typeof pairOptions>,
  where: string,
): Samples {
  const valuesOf = createPixelValues(options, reader.channels, where);
  return {
    length: reader.length,
    fields: ['pixels'],
    tasks: ['regression'],
    read: async (index) => {
      const { image, where: at } = await reader.read(index);
      const fitted = await fitImage(image, options, at);
      const small = [Math.floor(fitted.height / downscale), Math.floor(fitted.width / downscale)] as const;
      if (Math.min(...small) < 1)
        throw cropTooLarge(at, [downscale, downscale], [fitted.height, fitted.width]);
      const whole = cropImage(fitted, [small[0] * downscale, small[1] * downscale], at);
      const reduced = await resizeImage(whole, { resize: small }, at, kernel);
      return { fields: { pixels: valuesOf(reduced) }, target: valuesOf(whole) };
    },
  };
}
