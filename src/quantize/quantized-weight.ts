import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { byteLength } from '../tensor/byte-length.ts';
import { bytesOfTensor } from '../tensor/bytes-of-tensor.ts';
import { roundHalfEven } from '../tensor/round-half-even.ts';
import { channelLayout } from './channel-layout.ts';
import { type CodesArray, codesArray } from './codes-array.ts';
import { type WeightGoal, type WeightGrid, weightGrid } from './weight-grid.ts';

/** Codes: saturate(roundHalfEven(w / scale) + zeroPoint), divided in float32 as QuantizeLinear does. */
export function weightCodes(
  weights: Float32Array,
  shape: readonly number[],
  { axis, scales, codes, zeroPoint, format }: WeightGrid,
): CodesArray {
  const result = codesArray(format.dtype, weights.length);
  const { inner } = channelLayout(shape, axis);
  for (
    let start = 0, channel = 0;
    start < weights.length;
    start += inner, channel = (channel + 1) % scales.length
  ) {
    const scale = scales[channel];
    for (let i = start; i < start + inner; i++) {
      const code = roundHalfEven(Math.fround(weights[i] / scale)) + zeroPoint;
      result[i] = Math.min(Math.max(code, codes.min), codes.max);
    }
  }
  return result;
}

/** What the codes of a weight stand for. */
export function decodedWeight(
  weights: Float32Array,
  shape: readonly number[],
  grid: WeightGrid,
): Float32Array {
  const decode = decoderOf(weights, shape, grid);
  return weights.map((_, i) => decode(i));
}

/** The weight as codes, computed when it is written. */
export function codedWeight(source: TensorSource, grid: WeightGrid): TensorSource {
  const { shape } = source;
  const { dtype } = grid.format;
  const read = async (): Promise<Uint8Array> => {
    // Only float weights are planned for quantization.
    const weights = (await readTensorSource(source)).data as Float32Array;
    return bytesOfTensor({ dtype, shape, data: weightCodes(weights, shape, grid) });
  };
  return { dtype, shape, byteLength: byteLength(dtype, shape), read };
}

/** Quantized minus float weight, on the grids that suit the weight alone. */
export function weightError(source: TensorSource, goal: WeightGoal): TensorSource {
  const { dtype, shape } = source;
  const read = async (): Promise<Uint8Array> => {
    // Only float weights are planned for quantization.
    const weights = (await readTensorSource(source)).data as Float32Array;
    const decode = decoderOf(weights, shape, weightGrid(weights, shape, goal));
    return bytesOfTensor({ dtype, shape, data: weights.map((w, i) => decode(i) - w) });
  };
  return { dtype, shape, byteLength: source.byteLength, read };
}

/** In float64, so that differences are exact. */
function decoderOf(
  weights: Float32Array,
  shape: readonly number[],
  grid: WeightGrid,
): (element: number) => number {
  const { channels, inner } = channelLayout(shape, grid.axis);
  const codes = weightCodes(weights, shape, grid);
  return (i) => (codes[i] - grid.zeroPoint) * grid.scales[Math.floor(i / inner) % channels];
}
