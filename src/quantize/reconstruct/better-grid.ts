import { coderOf } from '../coder-of.ts';
import type { GroupGrid } from '../grid-method.ts';
import type { LayerProblem } from '../rounding-method.ts';
import { scaleOf } from '../scale-of.ts';
import { Levels } from '../weights/levels.ts';
import type { LayerError } from './layer-error.ts';

/** A change by a smaller part is none that counts. */
const LEAST = 1e-5;

/** Where a weight of a layer is. */
export interface Place {
  readonly row: number;
  readonly input: number;
}

/** The codes of a layer and how far it is off with them; both are kept in step with a grid that changes. */
export interface CodedLayer {
  readonly problem: LayerProblem;
  readonly codes: Uint8Array;
  readonly error: LayerError;
}

/**
 * A scale, or numbers of a codebook, that suit the codes of a group better; undefined where there are none. Numbers that change
 * places take their codes along.
 * @param places of the group's weights, row by row
 */
export function betterGrid(
  layer: CodedLayer,
  places: readonly Place[],
  grid: GroupGrid,
): GroupGrid | undefined {
  const { scales } = layer.problem.format;
  if (scales === 'power-of-two') return undefined;
  return scales === 'none' ? betterNumbers(layer, places, grid) : betterScale(layer, places, grid);
}

/** Places of the weights of each group, row by row. */
export function placesByGroup({ groupOf, depth, grids }: LayerProblem): readonly (readonly Place[])[] {
  const places: Place[][] = grids.map(() => []);
  for (const [at, group] of groupOf.entries())
    places[group].push({ row: Math.floor(at / depth), input: at % depth });
  return places;
}

/** scale + (−slope·v) / (v·H·v), v what the codes stand for at scale 1. */
function betterScale(layer: CodedLayer, places: readonly Place[], grid: GroupGrid): GroupGrid | undefined {
  const { problem, codes } = layer;
  const unit = coderOf({ ...grid, scale: 1 });
  const direction = places.map(({ row, input }) => unit.value(codes[row * problem.depth + input]));
  const by = bestLength(layer, places, direction);
  const scale = scaleOf(grid.scale + by, problem.format);
  if (!(Math.abs(scale - grid.scale) > LEAST * Math.abs(grid.scale))) return undefined;
  const better = { ...grid, scale };
  replace(layer, places, grid, better);
  return better;
}

/** Each number likewise, v being 1 where it stands. */
function betterNumbers(layer: CodedLayer, places: readonly Place[], grid: GroupGrid): GroupGrid | undefined {
  const { problem, codes, error } = layer;
  const numbers = Array.from(grid.levels.values);
  const largest = Math.max(...numbers.map(Math.abs));
  let hasChanged = false;
  for (const [code, number] of numbers.entries()) {
    const own = places.filter(({ row, input }) => codes[row * problem.depth + input] === code);
    if (own.length === 0) continue;
    const better = Math.fround(
      number +
        bestLength(
          layer,
          own,
          own.map(() => 1),
        ),
    );
    if (!(Math.abs(better - number) > LEAST * largest)) continue;
    for (const { row, input } of own) error.move(row, input, better - number);
    numbers[code] = better;
    hasChanged = true;
  }
  if (!hasChanged) return undefined;
  const order = numbers.map((_, code) => code).sort((a, b) => numbers[a] - numbers[b]);
  for (const { row, input } of places) {
    const at = row * problem.depth + input;
    codes[at] = order.indexOf(codes[at]);
  }
  return { ...grid, levels: new Levels(order.map((code) => numbers[code])) };
}

/** How far to go along a direction, all else as it is. */
function bestLength({ error }: CodedLayer, places: readonly Place[], direction: readonly number[]): number {
  let [fall, bend] = [0, 0];
  for (let from = 0; from < places.length; ) {
    // Places stand row by row.
    let to = from;
    while (to < places.length && places[to].row === places[from].row) to++;
    const inputs = Uint32Array.from(places.slice(from, to), ({ input }) => input);
    const [ownFall, ownBend] = error.along(
      places[from].row,
      inputs,
      Float64Array.from(direction.slice(from, to)),
    );
    [fall, bend] = [fall + ownFall, bend + ownBend];
    from = to;
  }
  return bend > 0 ? fall / bend : 0;
}

function replace(
  { problem, codes, error }: CodedLayer,
  places: readonly Place[],
  old: GroupGrid,
  next: GroupGrid,
): void {
  const [before, after] = [coderOf(old), coderOf(next)];
  for (const { row, input } of places) {
    const code = codes[row * problem.depth + input];
    error.move(row, input, after.value(code) - before.value(code));
  }
}
