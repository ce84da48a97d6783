import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { GraphWriter } from '../graph-writer.ts';

/**
 * Sums over the first axis: a product with a row of ones, which the engine computes up to 25 times as fast as ReduceSum
 * where that axis is short and the rest long.
 * @param shape of `value`
 * @returns of shape `rest`, default the shape without its first axis
 */
export function sumOverFirst(
  write: GraphWriter,
  value: Value,
  shape: readonly number[],
  rest: readonly number[] = shape.slice(1),
): Value {
  const [count] = shape;
  const row = write.constant({ dtype: 'float', shape: [1, count], data: new Float32Array(count).fill(1) });
  const flat = [count, elementCount(shape.slice(1))];
  const rows = shape.length === 2 ? value : write.reshape(value, flat);
  return write.reshape(write.op('MatMul', [row, rows]), rest);
}
