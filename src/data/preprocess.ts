import type { Tensor } from '../base/tensor.ts';
import { cropImage } from './crop-image.ts';
import { channelCountMismatch } from './errors.ts';
import { grayImage } from './gray-image.ts';
import type { PreprocessOptions } from './preprocess-options.ts';
import type { RawImage } from './raw-image.ts';
import { resizeImage } from './resize-image.ts';

/** Turns one image into one sample without batch axis: `[C, H, W]` or `[H, W, C]`. `where` names the image in errors. */
export type Preprocess = (image: RawImage, where: string) => Promise<Tensor<Float32Array>>;

/**
 * Makes the function that prepares images for a model.
 * @param channels of the images that will come
 * @param where the dataset file, for errors. Throws where mean or std do not fit the channels.
 */
export function createPreprocess(options: PreprocessOptions, channels: 1 | 3, where: string): Preprocess {
  const valuesOf = createPixelValues(options, channels, where);
  return async (image, at) => valuesOf(await fitImage(image, options, at));
}

/** The image in the size of `shortSide` or `resize`, and `crop`. `where` names the image in errors. */
export async function fitImage(
  image: RawImage,
  { shortSide, resize, crop }: PreprocessOptions,
  where: string,
): Promise<RawImage> {
  let fitted = image;
  if (shortSide !== undefined) fitted = await resizeImage(fitted, { shortSide }, where);
  if (resize !== undefined) fitted = await resizeImage(fitted, { resize }, where);
  if (crop !== undefined) fitted = cropImage(fitted, typeof crop === 'number' ? [crop, crop] : crop, where);
  return fitted;
}

/** Makes the function that turns the pixels of images into values; the rest as {@link createPreprocess}. */
export function createPixelValues(
  options: PreprocessOptions,
  channels: 1 | 3,
  where: string,
): (image: RawImage) => Tensor<Float32Array> {
  const { color, layout } = options;
  const outputChannels = color === undefined ? channels : color === 'rgb' || color === 'bgr' ? 3 : 1;
  const normalization: Normalization = {
    scale: options.scale,
    mean: perChannel(options.mean, outputChannels, `${where}`, 'mean'),
    std: perChannel(options.std, outputChannels, `${where}`, 'std'),
  };
  const tables = normalization.mean.map((_, channel) => valueTable(normalization, channel));
  return (image) => {
    const { height, width } = image;
    const data = color === 'luma' ? lumaValues(image, normalization) : tableValues(image, tables, options);
    const shape = layout === 'nchw' ? [outputChannels, height, width] : [height, width, outputChannels];
    return { dtype: 'float', shape, data };
  };
}

interface Normalization {
  scale: number;
  mean: readonly number[];
  std: readonly number[];
}

function perChannel(
  value: number | readonly number[],
  channels: number,
  where: string,
  key: string,
): readonly number[] {
  if (typeof value === 'number') return new Array<number>(channels).fill(value);
  if (value.length !== channels) throw channelCountMismatch(where, key, channels, value.length);
  return value;
}

/** The value of each of the 256 pixel codes of one channel: computed in float64, stored in float32. */
function valueTable({ scale, mean, std }: Normalization, channel: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, pixel) => (pixel * scale - mean[channel]) / std[channel]);
}

function tableValues(
  image: RawImage,
  tables: readonly Float32Array[],
  { color, layout }: PreprocessOptions,
): Float32Array {
  const { data, channels, width, height } = color === 'gray' ? grayImage(image) : image;
  const count = width * height;
  const values = new Float32Array(count * tables.length);
  for (let c = 0; c < tables.length; c++) {
    const table = tables[c];
    // A grey image asked for as rgb repeats its one channel.
    const from = channels === 1 ? 0 : color === 'bgr' ? 2 - c : c;
    const [start, step] = layout === 'nchw' ? [c * count, 1] : [c, tables.length];
    for (let i = 0; i < count; i++) values[start + i * step] = table[data[i * channels + from]];
  }
  return values;
}

/** BT.601 full-range luma (the Y of JPEG's YCbCr), 0..255, not rounded to 8 bits; one channel, so both layouts agree. */
function lumaValues(
  { data, channels, width, height }: RawImage,
  { scale, mean, std }: Normalization,
): Float32Array {
  const values = new Float32Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const at = i * channels;
    const luma = channels === 1 ? data[at] : 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
    values[i] = (luma * scale - mean[0]) / std[0];
  }
  return values;
}
