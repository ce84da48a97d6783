import type { Dimension, TensorType } from '../ir/type.ts';
import { textName } from './text-name.ts';

/** `float[N,3,?]`; a scalar is `float`, a tensor of unknown rank `float[]`. */
export function printType({ dtype, shape }: TensorType): string {
  if (!shape) return `${dtype}[]`;
  return shape.length === 0 ? dtype : `${dtype}[${shape.map(printDimension).join(',')}]`;
}

function printDimension(dim: Dimension): string {
  if (dim === null) return '?';
  return typeof dim === 'number' ? String(dim) : textName(dim);
}
