import type { Shape } from '../onnx/ir/type.ts';
import { broadcast } from './broadcast.ts';

/** Shape of a NumPy matrix product; undefined where a rank is unknown or batches do not fit. */
export function shapeOfMatMul(a: Shape | undefined, b: Shape | undefined): Shape | undefined {
  if (!a || !b || a.length === 0 || b.length === 0) return undefined;
  // A vector on the left is a row, on the right a column; the added axis does not appear in the result.
  const left: Shape = a.length === 1 ? [1, ...a] : a;
  const right: Shape = b.length === 1 ? [...b, 1] : b;
  const batch = broadcast([left.slice(0, -2), right.slice(0, -2)]);
  if (!batch) return undefined;
  const rows = a.length === 1 ? [] : [left[left.length - 2]];
  const columns = b.length === 1 ? [] : [right[right.length - 1]];
  return [...batch, ...rows, ...columns];
}
