import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { elementCount } from '../tensor/element-count.ts';
import { elementReader } from '../tensor/element-reader.ts';

/** Smallest and largest of some values. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** What the numbers of a weight are: their finite range (absent where there is none), and how many are not finite. */
export interface WeightRange {
  readonly range: ValueRange | undefined;
  readonly nan: number;
  readonly infinite: number;
}

/** Reads one tensor; memory holds it alone. */
export async function rangeOf(source: TensorSource): Promise<WeightRange> {
  const bytes = await source.read();
  const number = source.strings ? undefined : elementReader(source.dtype, bytes);
  const range = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  const counts = { nan: 0, infinite: 0 };
  const length = elementCount(source.shape);
  for (let i = 0; number && i < length; i++) {
    const value = number(i);
    if (value - value === 0) {
      if (value < range.min) range.min = value;
      if (value > range.max) range.max = value;
    } else if (Number.isNaN(value)) counts.nan++;
    else counts.infinite++;
  }
  return { range: range.min <= range.max ? range : undefined, ...counts };
}
