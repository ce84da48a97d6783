import { z } from 'zod';
import { type Coder, coderOf } from '../coder-of.ts';
import type { GroupGrid } from '../grid-method.ts';
import { betterGrid, type Place, placesByGroup } from '../reconstruct/better-grid.ts';
import { LayerError } from '../reconstruct/layer-error.ts';
import type { LayerProblem, RoundingMethod } from '../rounding-method.ts';
import { gptq } from './gptq.ts';

const options = z.strictObject({
  turns: z.int().min(1).max(1000).default(12).describe('most turns of codes and grids'),
});

/**
 * Codes one by one, each the best while all others stay, and scales or numbers of a codebook likewise, until nothing gets better
 * (coordinate descent as in Behdin et al. 2023, "QuantEase", with the grids as further coordinates). Starts where GPTQ ends; the error of the layer
 * falls with every change.
 */
export const coordinateDescent: RoundingMethod<z.output<typeof options>> = {
  name: 'coordinate-descent',
  summary: 'GPTQ, then codes and scales one by one, each the best while all others stay',
  options,
  round(problem, { turns }) {
    const start = gptq.round(problem, gptq.options.parse({}));
    const grids = [...problem.grids];
    const { codes } = start;
    const places = placesByGroup(problem);
    const error = new LayerError(problem, codes, grids.map(coderOf));
    for (let turn = 0; turn < turns; turn++) {
      const moved = moveCodes(problem, codes, grids.map(coderOf), error);
      const improved = improveGrids(problem, codes, grids, error, places);
      if (!moved && !improved) break;
    }
    return { codes, grids };
  },
};

/** Whether any changed. */
function moveCodes(
  { rows, depth, groupOf }: LayerProblem,
  codes: Uint8Array,
  coders: readonly Coder[],
  error: LayerError,
): boolean {
  let hasMoved = false;
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < depth; i++) {
      const at = row * depth + i;
      const coder = coders[groupOf[at]];
      const now = coder.value(codes[at]);
      const best = coder.code(now + error.step(row, i));
      if (best === codes[at]) continue;
      error.move(row, i, coder.value(best) - now);
      codes[at] = best;
      hasMoved = true;
    }
  return hasMoved;
}

/** Whether any got better by more than rounding. */
function improveGrids(
  problem: LayerProblem,
  codes: Uint8Array,
  grids: GroupGrid[],
  error: LayerError,
  places: readonly (readonly Place[])[],
): boolean {
  let hasImproved = false;
  for (const group of problem.ownGrids) {
    const better = betterGrid({ problem, codes, error }, places[group], grids[group]);
    if (!better) continue;
    grids[group] = better;
    hasImproved = true;
  }
  return hasImproved;
}
