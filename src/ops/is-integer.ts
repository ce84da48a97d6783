import type { DataType } from '../base/tensor.ts';

/** Whether shape arithmetic may reckon with elements of that type: divisions cut, sums are exact. */
export function isInteger(dtype: DataType | undefined): boolean {
  return dtype === 'int64' || dtype === 'int32';
}
