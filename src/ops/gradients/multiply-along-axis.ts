import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { GraphWriter } from '../graph-writer.ts';

/** Multiplies along one axis by a constant matrix [to, from], given by its elements: other axes stay as they are. */
export function multiplyAlongAxis(
  write: GraphWriter,
  value: Value,
  { shape, axis, to, matrix }: { shape: readonly number[]; axis: number; to: number; matrix: Float32Array },
): Value {
  const from = shape[axis];
  const [before, after] = [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis + 1))];
  const left = write.constant({ dtype: 'float', shape: [to, from], data: matrix });
  const product = write.op('MatMul', [left, write.reshape(value, [before, from, after])]);
  return write.reshape(
    product,
    shape.map((n, i) => (i === axis ? to : n)),
  );
}
