import type { Tensor } from '../base/tensor.ts';
import { takeRows } from './take-rows.ts';

/** Entry `row` of axis 0: `[n, …] → […]`, a copy. */
export function takeRow(tensor: Tensor, row: number): Tensor {
  const { dtype, shape, data } = takeRows(tensor, [row]);
  return { dtype, shape: shape.slice(1), data };
}
