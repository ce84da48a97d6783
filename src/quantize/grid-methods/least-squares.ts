import { z } from 'zod';
import { coderOf } from '../coder-of.ts';
import type { GridMethod, Group, GroupGrid } from '../grid-method.ts';
import { refuseCodebooks } from '../refuse-codebooks.ts';
import { scaleOf } from '../scale-of.ts';
import { squaredError } from '../squared-error.ts';
import { mse } from './mse.ts';

const options = z.strictObject({
  iterations: z.int().min(1).max(1000).default(20).describe('turns of codes and scale'),
});
/**
 * Codes and scale in turn, each the best for the other (Lloyd 1982; for two levels and three Li et al. 2016, "Ternary Weight
 * Networks"): scale = Σ h·w·l / Σ h·l², where l is the level of w and h its importance. Every turn lowers the squared error or is the last.
 */
export const leastSquares: GridMethod<z.output<typeof options>> = {
  name: 'least-squares',
  summary: 'codes and scale in turn, each the best for the other',
  options,
  refuses: refuseCodebooks,
  fit(group, { iterations }) {
    // Minima are many: where the search by ranges ends is a good place to begin.
    let best = mse.fit(group, mse.options.parse({}));
    let least = squaredError(group, best);
    for (let i = 0; i < iterations; i++) {
      const next = { ...best, scale: scaleOf(bestScale(group, best), group.format) };
      const error = squaredError(group, next);
      if (!(error < least)) break;
      [best, least] = [next, error];
    }
    return best;
  },
};

/** For the codes the grid gives. */
function bestScale({ weights, importance }: Group, grid: GroupGrid): number {
  const { code, value } = coderOf(grid);
  let [products, squares] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    const decoded = value(code(weights[i]));
    const h = importance ? importance[i] : 1;
    products += h * weights[i] * decoded;
    squares += h * decoded * decoded;
  }
  return squares === 0 ? grid.scale : (grid.scale * products) / squares;
}
