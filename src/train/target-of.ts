import type { DataType, Tensor } from '../base/tensor.ts';
import type { Batch } from '../data/dataset.ts';
import { targetDoesNotFit, targetMissing } from './errors.ts';

interface WantedTarget {
  readonly dtype: DataType;
  readonly shape: readonly number[];
}

/** What the loss compares with: class indices as int64, values as float32. */
export function targetOf({ labels, targets }: Batch, wanted: WantedTarget, where: string): Tensor {
  if (wanted.dtype === 'int64') {
    const numbers = labels ?? targets?.data;
    const areWhole = labels ?? (targets?.dtype.includes('int') || undefined);
    if (!numbers || !areWhole) throw targetMissing(where, 'class indices');
    const data = BigInt64Array.from({ length: numbers.length }, (_, i) => BigInt(numbers[i]));
    return fitting(
      { dtype: 'int64', shape: wanted.shape, data },
      labels ? [labels.length] : targets!.shape,
      where,
    );
  }
  if (!targets) throw targetMissing(where, 'values');
  // Numbers of any type; what a data set calls targets is never text.
  const data = Float32Array.from(targets.data as ArrayLike<number>, Number);
  return fitting({ dtype: 'float', shape: wanted.shape, data }, targets.shape, where);
}

/** Axes of length 1 may differ: [N] values for an output [N, 1]. */
function fitting(tensor: Tensor, got: readonly number[], where: string): Tensor {
  const long = (shape: readonly number[]) => shape.filter((n) => n !== 1).join();
  if (long(tensor.shape) !== long(got)) throw targetDoesNotFit(where, tensor.shape, got);
  return tensor;
}

/** Probabilities of classes: 1 for the label, 0 else; `[count, classes]`. */
export function oneHot(labels: ArrayLike<number>, classes: number): Float32Array {
  const rows = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) rows[i * classes + labels[i]] = 1;
  return rows;
}
