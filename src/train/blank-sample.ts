import { elementCount } from '../tensor/element-count.ts';
import { imageLayout } from './image-layout.ts';

/**
 * What empty places hold, judged by samples seen: of images the smallest number of each channel, which is black however
 * they were scaled; of other features the smallest number; of waveforms ([T] and [C, T]) the 0 they swing about.
 * @param data samples laid end to end
 * @param shape of one sample
 */
export function blankSample(data: Float32Array, shape: readonly number[]): Float32Array {
  const size = elementCount(shape);
  const blank = new Float32Array(size);
  const image = imageLayout(shape);
  if (!image && shape.length <= 2) return blank;
  const { planes, height, width, depth } = image ?? { planes: 1, height: 1, width: size, depth: 1 };
  const area = height * width;
  const smallest = new Float32Array(planes * depth).fill(Number.POSITIVE_INFINITY);
  const channelAt = (i: number) => Math.floor((i % size) / (area * depth)) + (i % depth);
  for (let i = 0; i < data.length; i++) {
    const channel = channelAt(i);
    if (data[i] < smallest[channel]) smallest[channel] = data[i];
  }
  for (let i = 0; i < size; i++) blank[i] = smallest[channelAt(i)];
  return blank;
}
