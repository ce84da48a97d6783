import { cropTooLarge } from './errors.ts';
import type { RawImage } from './raw-image.ts';

/** The centre `[height, width]` of an image; starts at floor((n − c) / 2). `where` names the image in errors. */
export function cropImage(image: RawImage, crop: readonly [number, number], where: string): RawImage {
  const [height, width] = crop;
  if (height > image.height || width > image.width)
    throw cropTooLarge(where, crop, [image.height, image.width]);
  if (height === image.height && width === image.width) return image;

  const { channels } = image;
  const top = Math.floor((image.height - height) / 2);
  const left = Math.floor((image.width - width) / 2);
  const data = new Uint8Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * image.width + left) * channels;
    data.set(image.data.subarray(start, start + width * channels), y * width * channels);
  }
  return { width, height, channels, data };
}
