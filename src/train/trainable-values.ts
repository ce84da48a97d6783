import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { parameterInputs } from '../ops/parameter-inputs.ts';

/**
 * The float32 constants that training may change, in graph order: weights, biases, scales, slopes, tables — what their
 * operators' records call parameters — and vectors that are added or multiplied (a bias written as Add). What normalizes
 * inputs (Sub, Div), bounds and running statistics stay.
 */
export function trainableValues(graph: Graph, frozen: ReadonlySet<Node> = new Set()): Value[] {
  const found = new Set<Value>();
  for (const node of graph.nodes) {
    if (frozen.has(node)) continue;
    for (const index of parameterInputs(node)) {
      const value = node.inputs[index];
      if (value?.initializer?.dtype === 'float' && value.initializer.byteLength > 0) found.add(value);
    }
  }
  return [...found];
}
