import type { Tensor } from '../base/tensor.ts';
import { ErrorStatistics } from '../tensor/error-statistics.ts';

/** How far the outputs of one run are from those of another, over all float outputs, in dB. */
export function sqnrOf(
  before: Readonly<Record<string, Tensor>>,
  after: Readonly<Record<string, Tensor>>,
): number {
  const errors = new ErrorStatistics();
  // Of dtype float is what a Float32Array holds.
  for (const [name, { dtype, data }] of Object.entries(before))
    if (dtype === 'float') errors.add(data as Float32Array, after[name].data as Float32Array);
  return errors.sqnrDb;
}
