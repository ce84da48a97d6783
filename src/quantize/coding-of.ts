import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import type { ChosenMethods } from './chosen-methods.ts';
import { levelGrids, nearestCodes } from './weights/level-grids.ts';
import { rememberedCoding } from './weights/remembered-coding.ts';
import { turnedCoding } from './weights/turned-coding.ts';
import type { LevelCoding, WeightCoding } from './weights/weight-coding.ts';

/**
 * Codes of each weight alone.
 * @param known codes that were found already, in the order of the weights
 */
export function codingOf(
  { grid }: ChosenMethods,
  known: ReadonlyMap<TensorSource, LevelCoding> = new Map(),
): WeightCoding {
  return rememberedCoding(({ site, weights, grouping, isTurned, format }) => {
    const found = known.get(site.source);
    if (found) return isTurned ? turnedCoding(found, grouping) : found;
    const grids = levelGrids(weights, format, grouping, (group) => grid.record.fit(group, grid.options));
    return { grids, codes: nearestCodes(weights, grids) };
  });
}
