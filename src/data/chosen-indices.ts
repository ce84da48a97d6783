import { check } from '../base/check.ts';
import type { BatchOptions } from './dataset.ts';

/** The sample numbers `batches` was asked for, checked: each within the data set, batches of at least one. */
export function chosenIndices({ batchSize, indices }: BatchOptions, length: number): ArrayLike<number> {
  check(Number.isInteger(batchSize) && batchSize >= 1, () => `batchSize is ${batchSize}, expected 1 or more`);
  if (indices === undefined) return Int32Array.from({ length }, (_, index) => index);
  for (let i = 0; i < indices.length; i++)
    check(
      Number.isInteger(indices[i]) && indices[i] >= 0 && indices[i] < length,
      () => `indices[${i}] is ${indices[i]}, expected 0 .. ${length - 1}`,
    );
  return indices;
}
