import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { bytesOfTensor } from '../tensor/bytes-of-tensor.ts';
import { elementCount } from '../tensor/element-count.ts';
import { roundHalfEven } from '../tensor/round-half-even.ts';
import type { CodeRange } from './format.ts';
import { int8 } from './formats/int8.ts';
import { weightScales } from './weight-scales.ts';

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

/** Codes of symmetric grids: saturate(roundHalfEven(w / scale)), divided in float32 as QuantizeLinear does. */
export function symmetricCodes(
  weights: Float32Array,
  scales: Float32Array,
  { inner }: ChannelLayout,
  codes: CodeRange,
): Int8Array {
  const result = new Int8Array(weights.length);
  for (
    let start = 0, channel = 0;
    start < weights.length;
    start += inner, channel = (channel + 1) % scales.length
  ) {
    const scale = scales[channel];
    for (let i = start; i < start + inner; i++) {
      const code = roundHalfEven(Math.fround(weights[i] / scale));
      result[i] = Math.min(Math.max(code, codes.min), codes.max);
    }
  }
  return result;
}

/** The weight as int8 codes, computed when it is written. */
export function codedWeight(
  source: TensorSource,
  scales: Float32Array,
  axis: number | undefined,
  codes: CodeRange,
): TensorSource {
  const { shape } = source;
  const read = async (): Promise<Uint8Array> => {
    const { data } = await readTensorSource(source);
    const layout = channelLayout(shape, axis);
    // Only float weights are planned for quantization.
    return bytesOfTensor({
      dtype: int8.dtype,
      shape,
      data: symmetricCodes(data as Float32Array, scales, layout, codes),
    });
  };
  return { dtype: int8.dtype, shape, byteLength: elementCount(shape), read };
}

/** Quantized minus float weight: codes · scale − w, one scale a channel of `axis`, each the largest magnitude's. */
export function weightError(source: TensorSource, axis: number | undefined, codes: CodeRange): TensorSource {
  const { dtype, shape, byteLength } = source;
  const read = async (): Promise<Uint8Array> => {
    // Only float weights are planned for quantization.
    const weights = (await readTensorSource(source)).data as Float32Array;
    const layout = channelLayout(shape, axis);
    const scales = weightScales(channelMagnitudes(weights, layout), codes);
    const rounded = symmetricCodes(weights, scales, layout, codes);
    const { channels, inner } = layout;
    const data = weights.map((w, i) => rounded[i] * scales[Math.floor(i / inner) % channels] - w);
    return bytesOfTensor({ dtype, shape, data });
  };
  return { dtype, shape, byteLength, read };
}
