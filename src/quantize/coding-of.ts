import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import type { ChosenMethods } from './chosen-methods.ts';
import { levelGrids, nearestCodes } from './weights/level-grids.ts';
import { regroupedCoding } from './weights/regrouped-coding.ts';
import { rememberedCoding } from './weights/remembered-coding.ts';
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
    if (found)
      return regroupedCoding(found, grouping, isTurned ? turned(site.source.shape) : (place) => place);
    const grids = levelGrids(weights, format, grouping, (group) => grid.record.fit(group, grid.options));
    return { grids, codes: nearestCodes(weights, grids) };
  });
}

/** From the place in a matrix turned around to that in the matrix [rows, columns]. */
function turned([rows, columns]: readonly number[]): (place: number) => number {
  return (place) => (place % rows) * columns + Math.floor(place / rows);
}
