import { roundHalfEven } from '../tensor/round-half-even.ts';
import type { Group, GroupGrid } from './grid-method.ts';
import { scaleOf } from './scale-of.ts';
import type { Levels } from './weights/levels.ts';

/**
 * The grid that reaches from the smallest to the largest weight, or a part of that. With a zero point: scale = (max − min) / (highest
 * level − lowest), zero included. Else the weight of largest magnitude, sign and all, meets the level of largest magnitude.
 * @param part of the range, 0 to 1
 */
export function gridOfExtremes({ weights, format }: Group, levels: Levels, part = 1): GroupGrid {
  let [min, max] = [0, 0];
  for (const w of weights) {
    if (w < min) min = w;
    if (w > max) max = w;
  }
  [min, max] = [min * part, max * part];
  if (format.hasZeroPoint) {
    const scale = scaleOf((max - min) / (levels.highest - levels.lowest), format);
    const zeroPoint = Math.min(Math.max(roundHalfEven(-min / scale), 0), levels.count - 1);
    return { levels, scale, zeroPoint };
  }
  const isLopsided = -levels.lowest > levels.highest;
  const extreme = max > -min ? max : min;
  const scale = isLopsided ? extreme / levels.lowest : Math.abs(extreme) / levels.highest;
  return { levels, scale: scaleOf(scale, format), zeroPoint: undefined };
}
