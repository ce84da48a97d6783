import type { Tensor } from '../base/tensor.ts';
import { badTarget } from './errors.ts';
import { numbersOfTensor } from './numbers-of-tensor.ts';

/** Throws a PareError where a target cannot serve its task: regression wants finite numbers, sequence whole ones. */
export function checkTarget(target: Tensor, task: 'regression' | 'sequence', where: string): void {
  const values = numbersOfTensor(target);
  if (!values) throw badTarget(where, 'numbers', target.dtype);
  if (task === 'sequence' && !/^u?int/.test(target.dtype))
    throw badTarget(where, 'class indices as whole numbers', target.dtype);
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i])) throw badTarget(where, 'finite numbers', `${values[i]} at element ${i}`);
}
