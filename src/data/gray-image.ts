import type { RawImage } from './raw-image.ts';

/**
 * ITU-R BT.601 grey of an sRGB image, rounded to 8 bits: L = 0.299 R + 0.587 G + 0.114 B in 16-bit fixed point,
 * bit for bit what Pillow's `convert('L')` gives. A grey image is returned as it is.
 */
export function grayImage(image: RawImage): RawImage {
  if (image.channels === 1) return image;
  const rgb = image.data;
  const data = new Uint8Array(image.width * image.height);
  for (let i = 0; i < data.length; i++)
    data[i] = (rgb[3 * i] * 19595 + rgb[3 * i + 1] * 38470 + rgb[3 * i + 2] * 7471 + 0x8000) >>> 16;
  return { width: image.width, height: image.height, channels: 1, data };
}
