import { elementCount } from '../../tensor/element-count.ts';
import { roundHalfEven } from '../../tensor/round-half-even.ts';
import type { Format } from '../format.ts';
import { codeCount, cutBack, eachRun, filledUp, type Grouping, scaleShape } from './grouping.ts';

/** Grids of a weight, one a group: value = (code − zeroPoint) · scale. */
export interface GroupGrids {
  readonly format: Format;
  readonly grouping: Grouping;
  /** May be negative: the lowest code then stands for the largest number. */
  readonly scales: Float32Array;
  /** Undefined on signed formats, whose zero is 0. */
  readonly zeroPoints: Uint8Array | undefined;
  /** Where they are not just the nearest. */
  readonly codes?: Int8Array | Uint8Array;
}

/** How grids come about where the quantizers that pare writes for differ. */
export interface GridRule {
  /** Of a signed format: the element of largest magnitude becomes the lowest code, sign and all. */
  meetsExtreme(format: Format): boolean;
  round(x: number): number;
  /** Zero point of a group of zeros, which any would serve. */
  ofZeros(format: Format): number;
}

const commonRule: GridRule = {
  // Of many codes one more is no gain; −127..127 is what static quantization uses, so errors are the same.
  meetsExtreme: ({ codes }) => codes.symmetric.min === codes.full.min,
  round: roundHalfEven,
  ofZeros: ({ codes }) => (codes.full.max + 1) / 2,
};

/**
 * Signed: scale = e / lowest code, where e is the element of largest magnitude, sign and all, so that every code is of
 * use and e is met; or |e| / highest code. Unsigned: scale = (max − min) / highest code and zeroPoint = round(−min / scale), with min ≤ 0 ≤ max.
 * Rules of onnxruntime.quantization's block quantizers, in float32.
 */
export function groupGrids(
  weights: Float32Array,
  format: Format,
  grouping: Grouping,
  rule: GridRule = commonRule,
): GroupGrids {
  const { min, max } = groupExtremes(filledUp(weights, grouping), grouping);
  const { full } = format.codes;
  if (full.min < 0) {
    const extremes = min.map((low, i) => (Math.abs(max[i]) > Math.abs(low) ? max[i] : low));
    const scales = rule.meetsExtreme(format)
      ? extremes.map((extreme) => extreme / full.min)
      : extremes.map((extreme) => Math.abs(extreme) / full.max);
    return { format, grouping, scales, zeroPoints: undefined };
  }
  const scales = min.map((low, i) => Math.fround(Math.max(max[i], 0) - Math.min(low, 0)) / full.max);
  const zeroPoints = Uint8Array.from(scales, (scale, i) => {
    if (scale === 0) return rule.ofZeros(format);
    return clamp(rule.round(Math.fround(-Math.min(min[i], 0) / scale)), 0, full.max);
  });
  return { format, grouping, scales, zeroPoints };
}

/** Codes in the order of the grouping's dims: clamp(roundHalfEven(w / scale + zeroPoint)), in float32. */
export function groupCodes(weights: Float32Array, grids: GroupGrids): Int8Array | Uint8Array {
  const { format, grouping, scales, zeroPoints } = grids;
  if (grids.codes) return grids.codes;
  const { full } = format.codes;
  const filled = filledUp(weights, grouping);
  const codes = full.min < 0 ? new Int8Array(filled.length) : new Uint8Array(filled.length);
  eachRun(grouping, (start, count, first, step) => {
    for (let i = 0; i < count; i++) {
      const group = first + i * step;
      const zeroPoint = zeroPoints?.[group] ?? 0;
      const steps = scales[group] === 0 ? 0 : Math.fround(filled[start + i] / scales[group]);
      codes[start + i] = clamp(roundHalfEven(Math.fround(steps + zeroPoint)), full.min, full.max);
    }
  });
  return codes;
}

/** The numbers codes stand for, in float32 as the decoding nodes compute them; as long as the weight. */
export function decodedGroups(codes: ArrayLike<number>, grids: GroupGrids): Float32Array {
  const { grouping, scales, zeroPoints } = grids;
  const values = new Float32Array(codeCount(grouping));
  eachRun(grouping, (start, count, first, step) => {
    for (let i = start, group = first; i < start + count; i++, group += step)
      values[i] = (codes[i] - (zeroPoints?.[group] ?? 0)) * scales[group];
  });
  return cutBack(values, grouping);
}

function groupExtremes(filled: Float32Array, grouping: Grouping): { min: Float32Array; max: Float32Array } {
  const groups = elementCount(scaleShape(grouping));
  const min = new Float32Array(groups).fill(Infinity);
  const max = new Float32Array(groups).fill(-Infinity);
  eachRun(grouping, (start, count, first, step) => {
    for (let i = start, group = first; i < start + count; i++, group += step) {
      const x = filled[i];
      if (x < min[group]) min[group] = x;
      if (x > max[group]) max[group] = x;
    }
  });
  return { min, max };
}

function clamp(x: number, min: number, max: number): number {
  return Math.min(Math.max(x, min), max);
}
