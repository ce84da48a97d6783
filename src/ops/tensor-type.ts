import type { DataType } from '../base/tensor.ts';
import type { Shape, TensorType } from '../onnx/ir/type.ts';

/** A tensor type; undefined `shape` stands for an unknown rank. */
export function tensorType(dtype: DataType, shape: Shape | undefined): TensorType {
  return { kind: 'tensor', dtype, shape };
}
