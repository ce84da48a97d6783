import type { Graph } from '../onnx/ir/graph.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';

/** Makes an initializer of `graph` of a value whose producer is gone. */
export function becomeConstant(graph: Graph, value: Value, source: TensorSource): void {
  value.initializer = source;
  value.type = { kind: 'tensor', dtype: source.dtype, shape: source.shape };
  graph.adoptInitializer(value);
}
