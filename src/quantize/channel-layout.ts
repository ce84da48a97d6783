import { elementCount } from '../tensor/element-count.ts';

/** Where the channels of a weight lie in memory: index i belongs to channel ⌊i / inner⌋ mod channels. */
interface ChannelLayout {
  readonly channels: number;
  readonly inner: number;
}

/** @param axis the channel axis, or undefined for one grid for the whole tensor */
export function channelLayout(shape: readonly number[], axis: number | undefined): ChannelLayout {
  if (axis === undefined) return { channels: 1, inner: elementCount(shape) };
  return { channels: shape[axis], inner: elementCount(shape.slice(axis + 1)) };
}

/** Largest magnitude of each channel. */
export function channelMagnitudes(weights: Float32Array, { channels, inner }: ChannelLayout): Float64Array {
  const magnitudes = new Float64Array(channels);
  for (
    let start = 0, channel = 0;
    start < weights.length;
    start += inner, channel = (channel + 1) % channels
  ) {
    let largest = magnitudes[channel];
    for (let i = start; i < start + inner; i++) {
      const magnitude = Math.abs(weights[i]);
      if (magnitude > largest) largest = magnitude;
    }
    magnitudes[channel] = largest;
  }
  return magnitudes;
}
