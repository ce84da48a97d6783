import { roundHalfEven } from '../tensor/round-half-even.ts';
import type { CodeRange, Format } from './format.ts';

/** The uniform grid a tensor is quantized on: value = (code − zeroPoint) · scale. */
export interface Grid {
  readonly format: Format;
  /** A float32 number. */
  readonly scale: number;
  readonly zeroPoint: number;
  readonly codes: CodeRange;
}

export interface GridOptions {
  readonly symmetric: boolean;
  readonly reduceRange: boolean;
}

export function codeRange(format: Format, { symmetric, reduceRange }: GridOptions): CodeRange {
  if (reduceRange) return format.codes.reduced;
  return symmetric ? format.codes.symmetric : format.codes.full;
}

/** Smallest scale that is a normal float32. */
const SCALE_MIN = 1.1754943508222875e-38;

/**
 * The grid that covers [min, max] and 0. Asymmetric: scale = (max − min) / (qmax − qmin), zeroPoint =
 * round(qmin − min / scale); symmetric: the range is widened to ±max(|min|, |max|). Computed in float64, the scale
 * stored as float32 (rules of onnxruntime.quantization, research/quantization.md §1.2). A range of zero width gets
 * scale 1, so that every value maps to 0.
 */
export function gridOfRange(range: { min: number; max: number }, format: Format, options: GridOptions): Grid {
  const codes = codeRange(format, options);
  let min = Math.min(range.min, 0);
  let max = Math.max(range.max, 0);
  if (options.symmetric) {
    max = Math.max(-min, max);
    min = -max;
  }
  const scale = Math.fround((max - min) / (codes.max - codes.min));
  const middle = roundHalfEven((codes.min + codes.max) / 2);
  if (!(scale >= SCALE_MIN))
    return { format, scale: 1, zeroPoint: options.symmetric ? middle : codes.min, codes };
  const zeroPoint = options.symmetric ? middle : roundHalfEven(codes.min - min / scale);
  return { format, scale, zeroPoint: Math.min(Math.max(zeroPoint, codes.min), codes.max), codes };
}

/** Code of a value: saturate(roundHalfEven(x / scale) + zeroPoint), dividing in float32 as QuantizeLinear does. */
export function codeOf(value: number, { scale, zeroPoint, codes }: Grid): number {
  const code = roundHalfEven(Math.fround(Math.fround(value) / scale)) + zeroPoint;
  return Math.min(Math.max(code, codes.min), codes.max);
}

/** Whether saturating on this grid already cuts every value to [min, max]: then a clamp in front of it is redundant. */
export function impliesClamp(grid: Grid, min: number, max: number): boolean {
  return codeOf(min, grid) === grid.codes.min && codeOf(max, grid) === grid.codes.max;
}
