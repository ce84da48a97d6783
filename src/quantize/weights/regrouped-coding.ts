import { filledPlaces, type Grouping } from './grouping.ts';
import { groupMembers } from './level-grids.ts';
import type { LevelCoding } from './weight-coding.ts';

/**
 * The same codes where a weight is cut and filled up otherwise, each group lying in one of those before: a matrix turned around, or a
 * channel as a block that is longer.
 * @param placeOf where a weight of the new order stands in the old one
 */
export function regroupedCoding(
  { grids, codes }: LevelCoding,
  grouping: Grouping,
  placeOf: (place: number) => number,
): LevelCoding {
  const [codeAt, groupAt] = [new Uint32Array(codes.length), new Uint32Array(codes.length)];
  for (const [code, place] of filledPlaces(grids.grouping).entries()) if (place >= 0) codeAt[place] = code;
  for (const [group, members] of groupMembers(grids.grouping).entries())
    for (const code of members) groupAt[code] = group;
  const places = filledPlaces(grouping);
  const regrouped = new Uint8Array(places.length);
  const own = groupMembers(grouping).map((members) => {
    const weights = Array.from(members).filter((code) => places[code] >= 0);
    const grid = grids.grids[groupAt[codeAt[placeOf(places[weights[0]])]]];
    for (const code of members)
      regrouped[code] =
        places[code] >= 0 ? codes[codeAt[placeOf(places[code])]] : (grid.zeroPoint ?? grid.levels.nearest(0));
    return grid;
  });
  return { grids: { ...grids, grouping, grids: own }, codes: regrouped };
}
