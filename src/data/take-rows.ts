import { check } from '../base/check.ts';
import type { Tensor, TensorData } from '../base/tensor.ts';
import { allocateLike } from './allocate-like.ts';
import { copyElements } from './copy-elements.ts';

/** The entries `rows` of axis 0, in that order: `[n, …] → [rows.length, …]`. Not for types packed below a byte. */
export function takeRows<D extends TensorData>(
  { dtype, shape, data }: Tensor<D>,
  rows: ArrayLike<number>,
): Tensor<D> {
  const [count, ...rest] = shape;
  const rowLength = rest.reduce((size, length) => size * length, 1);
  check(data.length === count * rowLength, () => `${dtype}[${shape}] holds ${data.length} elements`);
  const taken = allocateLike(data, rows.length * rowLength);
  for (let i = 0; i < rows.length; i++)
    copyElements({ from: data, start: rows[i] * rowLength, length: rowLength }, taken, i * rowLength);
  return { dtype, shape: [rows.length, ...rest], data: taken };
}
