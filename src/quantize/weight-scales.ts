import type { CodeRange } from './format.ts';

/** Smallest scale that is a normal float32: below it (a channel of zeros) 1 serves as well. */
const SCALE_MIN = 1.1754943508222875e-38;
/** Head-room for the rounding of the bias to int32. */
const BIAS_MARGIN = 1.0001;
const INT32_CODES = 2 ** 32 - 2;

/**
 * Scales of symmetric weight grids, one a channel: largest magnitude / largest code, raised where the layer's bias
 * would not fit 32 bits at scale inputScale · weightScale:
 *   scale ≥ 2·|b| · 1.0001 / (2³² − 2) / inputScale   (research/quantization.md §1.4, onnxruntime #22020).
 */
export function weightScales(
  magnitudes: Float64Array,
  codes: CodeRange,
  inputScale = 1,
  bias?: Float32Array,
): Float32Array {
  const scales = new Float32Array(magnitudes.length);
  for (let c = 0; c < scales.length; c++) {
    const natural = magnitudes[c] / codes.max;
    scales[c] = natural >= SCALE_MIN ? natural : 1;
    const largestBias = bias ? magnitudeOf(bias, c, scales.length) : 0;
    const needed = (2 * largestBias * BIAS_MARGIN) / INT32_CODES / inputScale;
    if (scales[c] < needed) scales[c] = needed;
  }
  return scales;
}

/** One channel's bias, or the largest where one scale serves all channels. */
function magnitudeOf(bias: Float32Array, channel: number, channels: number): number {
  if (channels === bias.length) return Math.abs(bias[channel]);
  return bias.reduce((largest, b) => Math.max(largest, Math.abs(b)), 0);
}
