import { createPreprocess } from './preprocess.ts';
import type { PreprocessOptions } from './preprocess-options.ts';
import type { RawImage } from './raw-image.ts';
import type { Samples } from './source.ts';

/** An image with its class index, where it has one, and the name it goes by in errors. */
export interface LabelledImage {
  readonly image: RawImage;
  readonly label?: number;
  readonly where: string;
}

/** Images by number, before preprocessing. */
export interface ImageReader {
  readonly length: number;
  /** Of every image. */
  readonly channels: 1 | 3;
  readonly hasLabels: boolean;
  readonly classNames?: readonly string[];
  read(index: number): LabelledImage | Promise<LabelledImage>;
}

/** Prepared images as samples with the one field `pixels`: float, `[C, H, W]` or `[H, W, C]`. */
export function imageSamples(reader: ImageReader, options: PreprocessOptions, where: string): Samples {
  const preprocess = createPreprocess(options, reader.channels, where);
  return {
    length: reader.length,
    fields: ['pixels'],
    tasks: [reader.hasLabels ? 'classification' : 'none'],
    ...(reader.classNames && { classNames: reader.classNames }),
    read: async (index) => {
      const { image, label, where: at } = await reader.read(index);
      const fields = { pixels: await preprocess(image, at) };
      return label === undefined ? { fields } : { fields, label };
    },
  };
}
