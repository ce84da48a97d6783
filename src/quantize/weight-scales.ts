import type { CodeRange } from './format.ts';

/** Smallest scale that is a normal float32: below it (a channel of zeros) 1 serves as well. */
const SCALE_MIN = 1.1754943508222875e-38;
/** Head-room for the rounding of the bias to int32. */
const BIAS_MARGIN = 1.0001;
const INT32_CODES = 2 ** 32 - 2;

/** The sums a channel's scale has part in. */
interface ChannelSums {
  readonly channel: number;
  readonly channels: number;
  readonly inputScale: number;
  readonly bias?: Float32Array | undefined;
}

/** Scales of symmetric weight grids, one a channel: twice the largest magnitude / number of steps, raised for the bias. */
export function weightScales(
  magnitudes: Float64Array,
  codes: CodeRange,
  inputScale = 1,
  bias?: Float32Array,
): Float32Array {
  const scales = new Float32Array(magnitudes.length);
  const channels = scales.length;
  for (let channel = 0; channel < channels; channel++) {
    const natural = (2 * magnitudes[channel]) / (codes.max - codes.min);
    scales[channel] = scaleForBias(natural, { channel, channels, inputScale, bias });
  }
  return scales;
}

/**
 * The natural scale as float32, raised where the layer's bias would not fit 32 bits at scale inputScale · weightScale:
 *   scale ≥ 2·|b| · 1.0001 / (2³² − 2) / inputScale   (research/quantization.md §1.4, onnxruntime #22020).
 */
export function scaleForBias(natural: number, { channel, channels, inputScale, bias }: ChannelSums): number {
  const largestBias = bias ? magnitudeOf(bias, channel, channels) : 0;
  const needed = (2 * largestBias * BIAS_MARGIN) / INT32_CODES / inputScale;
  const scale = Math.fround(natural >= SCALE_MIN ? natural : 1);
  return Math.fround(scale < needed ? needed : scale);
}

/** The largest bias of the outputs whose weights share a scale: one channel's, or one of each group's, or all. */
function magnitudeOf(bias: Float32Array, channel: number, channels: number): number {
  let largest = 0;
  for (let c = channel; c < bias.length; c += channels) largest = Math.max(largest, Math.abs(bias[c]));
  return largest;
}
