import type { DataType } from '../base/tensor.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import { Value } from '../onnx/ir/value.ts';

/** A new input of the graph, of fixed shape. */
export function addInput(
  graph: Graph,
  name: string,
  shape: readonly number[],
  dtype: DataType = 'float',
): Value {
  const value = new Value(graph.freshName(name), { kind: 'tensor', dtype, shape });
  graph.inputs.push(value);
  return value;
}
