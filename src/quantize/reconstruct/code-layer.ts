import type { Chosen } from '../../base/parse-chosen.ts';
import type { GridMethod, GroupGrid } from '../grid-method.ts';
import type { LevelFormat } from '../level-format.ts';
import type { LayerProblem, RoundingMethod } from '../rounding-method.ts';
import { codeCount, filledPlaces, type Grouping } from '../weights/grouping.ts';
import { groupMembers, levelGrids } from '../weights/level-grids.ts';
import type { LevelCoding } from '../weights/weight-coding.ts';
import type { LayerMatrix } from './layer-matrix.ts';
import type { Target } from './target-weights.ts';

interface Methods {
  readonly grid: Chosen<GridMethod>;
  readonly rounding: Chosen<RoundingMethod>;
}

/**
 * Codes of a layer's weight: grids first, by what errors of each input cost, then codes.
 * @param targets by group of channels
 */
export function codeLayer(
  matrix: LayerMatrix,
  targets: readonly Target[],
  { format, grouping }: { format: LevelFormat; grouping: Grouping },
  { grid, rounding }: Methods,
): LevelCoding {
  const { rows, depth, groups, place } = matrix;
  const weights = new Float32Array(groups * rows * depth);
  const importance = new Float32Array(weights.length);
  for (const [group, target] of targets.entries())
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < depth; i++) {
        const at = place(group * rows + row, i);
        weights[at] = target.weights[row * depth + i];
        importance[at] = target.moments[i * depth + i];
      }
  const found = levelGrids(
    weights,
    format,
    grouping,
    (group) => grid.record.fit(group, grid.options),
    importance,
  );
  let { grids } = found;
  const places = filledPlaces(grouping);
  const groupOf = groupsOf(grouping);
  const codeAt = new Uint32Array(weights.length);
  for (const [code, at] of places.entries()) if (at >= 0) codeAt[at] = code;
  const codes = new Uint8Array(codeCount(grouping)).fill(codeOfZero(grids[0]));
  for (const [group, target] of targets.entries()) {
    const local = Uint32Array.from(
      { length: rows * depth },
      (_, i) => codeAt[place(group * rows + Math.floor(i / depth), i % depth)],
    );
    const own = local.map((code) => groupOf[code]);
    const problem: LayerProblem = {
      rows,
      depth,
      ...target,
      format,
      groupOf: own,
      grids,
      ownGrids: groups === 1 || grids.length >= groups * rows ? [...new Set(own)] : [],
    };
    const rounded = rounding.record.round(problem, rounding.options);
    for (const [i, code] of local.entries()) codes[code] = rounded.codes[i];
    ({ grids } = rounded);
  }
  return { grids: { ...found, grids }, codes };
}

function codeOfZero({ levels, zeroPoint }: GroupGrid): number {
  return zeroPoint ?? levels.nearest(0);
}

/** The group of each code. */
function groupsOf(grouping: Grouping): Uint32Array {
  const groups = new Uint32Array(codeCount(grouping));
  for (const [group, members] of groupMembers(grouping).entries())
    for (const member of members) groups[member] = group;
  return groups;
}
