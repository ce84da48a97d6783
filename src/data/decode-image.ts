import { imageUnreadable } from './errors.ts';
import { loadSharp } from './load-sharp.ts';
import { MAX_IMAGE_PIXELS, type RawImage } from './raw-image.ts';

/** Formats decoded. SVG and PDF can be read by libvips too, but they are programs, not pictures. `heif` covers AVIF. */
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif', 'heif', 'tiff']);

/**
 * Decodes an image file to sRGB, 8 bits, always 3 channels: grey is repeated, transparency is dropped (not blended), an
 * embedded colour profile is applied, of an animation the first picture is taken, EXIF orientation is not applied.
 * Throws a PareError where the file cannot be decoded or is larger than {@link MAX_IMAGE_PIXELS}.
 * @param content the bytes of the file, or its path: then reading, too, leaves the event loop alone, which matters where an
 * engine holds it most of the time
 * @param path what it goes by in errors
 */
export async function decodeImage(content: Uint8Array | string, path: string): Promise<RawImage> {
  const sharp = await loadSharp(path);
  const image = sharp(content, { limitInputPixels: MAX_IMAGE_PIXELS });
  const { format, width, height } = await image.metadata().catch((cause: unknown) => {
    throw imageUnreadable(path, messageOf(cause), cause);
  });
  if (!FORMATS.has(format)) throw imageUnreadable(path, format);
  if (width * height > MAX_IMAGE_PIXELS) throw imageUnreadable(path, `${width} × ${height}`);
  const { data, info } = await image
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw imageUnreadable(path, messageOf(cause), cause);
    });
  if (info.channels !== 3) throw imageUnreadable(path, `${info.channels} channels`);
  return { width: info.width, height: info.height, channels: 3, data };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
