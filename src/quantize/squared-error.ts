import { coderOf } from './coder-of.ts';
import type { Group, GroupGrid } from './grid-method.ts';

/** Σ importance · (weight − what its code stands for)² */
export function squaredError({ weights, importance }: Group, grid: GroupGrid): number {
  const { code, value } = coderOf(grid);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const error = weights[i] - value(code(weights[i]));
    sum += importance ? importance[i] * error * error : error * error;
  }
  return sum;
}
