import { z } from 'zod';
import type { GridMethod } from '../grid-method.ts';
import { gridOfExtremes } from '../grid-of-extremes.ts';
import { refuseCodebooks } from '../refuse-codebooks.ts';
import { squaredError } from '../squared-error.ts';

const options = z.strictObject({
  candidates: z.int().min(2).max(1000).default(40).describe('ranges that are tried'),
  narrowest: z.number().min(0.01).max(0.99).default(0.2).describe('the narrowest, as a part of the whole'),
});

/** Of ranges from the whole one down to a part of it the one of least squared error: what is cut off pays for finer steps. */
export const mse: GridMethod<z.output<typeof options>> = {
  name: 'mse',
  summary: 'the scale of least squared error among many',
  options,
  refuses: refuseCodebooks,
  fit(group, { candidates, narrowest }) {
    let best = gridOfExtremes(group, group.levels!);
    let least = squaredError(group, best);
    for (let i = 1; i < candidates; i++) {
      const part = 1 - (i / (candidates - 1)) * (1 - narrowest);
      const grid = gridOfExtremes(group, group.levels!, part);
      const error = squaredError(group, grid);
      if (error < least) [best, least] = [grid, error];
    }
    return best;
  },
};
