import { elementCount } from '../../tensor/element-count.ts';
import { type Coder, coderOf } from '../coder-of.ts';
import type { Group, GroupGrid } from '../grid-method.ts';
import type { LevelFormat } from '../level-format.ts';
import { codeCount, eachRun, filledUp, type Grouping, scaleShape } from './grouping.ts';
import { Levels } from './levels.ts';

/** Finds the grid of one group. */
export type FitGroup = (group: Group) => GroupGrid;

/** The grids of all groups of a weight, in the order of the scales. */
export interface LevelGrids {
  readonly format: LevelFormat;
  readonly grouping: Grouping;
  readonly grids: readonly GroupGrid[];
}

/** @param importance of each weight, as many as there are */
export function levelGrids(
  weights: Float32Array,
  format: LevelFormat,
  grouping: Grouping,
  fitGroup: FitGroup,
  importance?: Float32Array,
): LevelGrids {
  const filled = filledUp(weights, grouping);
  // What fills up the last blocks is worth nothing.
  const worth = importance && filledUp(importance, grouping);
  const levels = typeof format.levels === 'number' ? undefined : new Levels(format.levels);
  const grids = groupMembers(grouping).map((members) =>
    fitGroup({
      weights: Float32Array.from(members, (i) => filled[i]),
      importance: worth && Float32Array.from(members, (i) => worth[i]),
      format,
      levels,
    }),
  );
  return { format, grouping, grids };
}

/** Places of the elements of each group. */
export function groupMembers(grouping: Grouping): Uint32Array[] {
  const groups = elementCount(scaleShape(grouping));
  const size = codeCount(grouping) / groups;
  const members = Array.from({ length: groups }, () => new Uint32Array(size));
  const filled = new Uint32Array(groups);
  eachRun(grouping, (start, count, first, step) => {
    for (let i = 0, group = first; i < count; i++, group += step) members[group][filled[group]++] = start + i;
  });
  return members;
}

/** The nearest codes, in the order of the grouping's dims. */
export function nearestCodes(weights: Float32Array, { grouping, grids }: LevelGrids): Uint8Array {
  const filled = filledUp(weights, grouping);
  const codes = new Uint8Array(filled.length);
  eachCoder(grids, grouping, ({ code }, i) => {
    codes[i] = code(filled[i]);
  });
  return codes;
}

/** What codes stand for, in the order of the grouping's dims. */
export function decodedLevels(codes: Uint8Array, { grouping, grids }: LevelGrids): Float32Array {
  const values = new Float32Array(codes.length);
  eachCoder(grids, grouping, ({ value }, i) => {
    values[i] = value(codes[i]);
  });
  return values;
}

function eachCoder(
  grids: readonly GroupGrid[],
  grouping: Grouping,
  visit: (coder: Coder, element: number) => void,
): void {
  const coders = grids.map(coderOf);
  eachRun(grouping, (start, count, first, step) => {
    for (let i = 0, group = first; i < count; i++, group += step) visit(coders[group], start + i);
  });
}
