import { roundHalfEven } from '../tensor/round-half-even.ts';
import { imageTooLarge, imageUnreadable } from './errors.ts';
import { loadSharp } from './load-sharp.ts';
import { MAX_IMAGE_PIXELS, type RawImage } from './raw-image.ts';

/** The shorter side becomes `shortSide`, or the image `[height, width]` of `resize`. */
export type TargetSize = { shortSide: number } | { resize: readonly [number, number] };

/** Kernels of sharp; `cubic` is Catmull–Rom's (a = −½). Each is widened where an image shrinks, so that nothing aliases. */
export type ResizeKernel = 'lanczos3' | 'cubic' | 'linear';

/**
 * Resizes with sharp; an image that has the size already is returned as it is.
 * The longer side is rounded half to even. `where` names the image in errors.
 */
export async function resizeImage(
  image: RawImage,
  target: TargetSize,
  where: string,
  kernel: ResizeKernel = 'lanczos3',
): Promise<RawImage> {
  const [height, width] = 'resize' in target ? target.resize : keepRatio(image, target.shortSide);
  if (height === image.height && width === image.width) return image;
  if (height * width > MAX_IMAGE_PIXELS) throw imageTooLarge(where, width, height);

  const sharp = await loadSharp(where);
  const raw = { width: image.width, height: image.height, channels: image.channels };
  // Already decoded and counted, so sharp's own bound need not interfere.
  const { data, info } = await sharp(image.data, { raw, limitInputPixels: false })
    .resize(width, height, { fit: 'fill', kernel })
    .toColourspace(image.channels === 1 ? 'b-w' : 'srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw imageUnreadable(where, `${image.width} × ${image.height}, to be ${width} × ${height}`, cause);
    });
  if (info.channels !== image.channels)
    throw imageUnreadable(where, `${info.channels} channels after resizing`);
  return { width, height, channels: image.channels, data };
}

function keepRatio({ width, height }: RawImage, shortSide: number): [number, number] {
  const scaled = (long: number, short: number) => roundHalfEven((long * shortSide) / short);
  return width < height ? [scaled(height, width), shortSide] : [shortSide, scaled(width, height)];
}
