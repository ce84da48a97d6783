import { roundHalfEven } from '../tensor/round-half-even.ts';
import { channelLayout, channelMagnitudes } from './channel-layout.ts';
import type { CodeRange, Format } from './format.ts';
import { codeRange } from './grid.ts';
import { scaleForBias, weightScales } from './weight-scales.ts';

/** The grids of a weight, one a channel: value = (code − zeroPoint) · scale of its channel. */
export interface WeightGrid {
  readonly format: Format;
  readonly codes: CodeRange;
  /** The channel axis; undefined where one grid serves the whole weight. */
  readonly axis: number | undefined;
  readonly scales: Float32Array;
  readonly zeroPoint: number;
}

/** What is asked of a weight's grids. */
export interface WeightGoal {
  readonly format: Format;
  readonly axis: number | undefined;
  readonly reduceRange: boolean;
}

interface Sums {
  /** Scale of the data the weight is multiplied with. */
  readonly inputScale: number;
  readonly bias?: Float32Array | undefined;
}

/**
 * The grids of a weight. Signed formats are centred on zero, and so are grids by channel; one unsigned grid for the whole
 * weight reaches from its smallest to its largest value (the rules of onnxruntime.quantization,
 * research/quantization.md §1.2). Scales are raised where the layer's bias would not fit 32 bits.
 */
export function weightGrid(
  weights: Float32Array,
  shape: readonly number[],
  { format, axis, reduceRange }: WeightGoal,
  { inputScale, bias }: Sums = { inputScale: 1 },
): WeightGrid {
  const codes = codeRange(format, { symmetric: true, reduceRange });
  if (axis === undefined && codes.min === 0) return skewedGrid(weights, format, codes, { inputScale, bias });
  const magnitudes = channelMagnitudes(weights, channelLayout(shape, axis));
  const scales = weightScales(magnitudes, codes, inputScale, bias);
  return { format, codes, axis, scales, zeroPoint: roundHalfEven((codes.min + codes.max) / 2) };
}

function skewedGrid(
  weights: Float32Array,
  format: Format,
  codes: CodeRange,
  { inputScale, bias }: Sums,
): WeightGrid {
  let [min, max] = [0, 0];
  for (const w of weights) {
    if (w < min) min = w;
    if (w > max) max = w;
  }
  const scale = scaleForBias((max - min) / (codes.max - codes.min), {
    channel: 0,
    channels: 1,
    inputScale,
    bias,
  });
  const zeroPoint = Math.min(roundHalfEven(codes.min - min / scale), codes.max);
  return { format, codes, axis: undefined, scales: Float32Array.of(scale), zeroPoint };
}
