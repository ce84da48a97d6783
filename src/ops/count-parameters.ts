import type { Graph } from '../onnx/ir/graph.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { elementCount } from '../tensor/element-count.ts';

/** Integers of these types are shapes, axes and indices, not parameters. */
const notParameters = new Set(['int64', 'bool', 'string']);

/** Numbers a model has learned: elements of all constants, without shapes and the scales and zero points of Q/DQ. */
export function countParameters(graph: Graph): number {
  const counted = new Set<TensorSource>();
  for (const inner of subgraphDepthFirst(graph)) {
    for (const node of inner.nodes) {
      const inputs = isCoding(node.opType) ? node.inputs.slice(0, 1) : node.inputs;
      for (const value of inputs) if (value?.initializer) counted.add(value.initializer);
      const constant = node.opType === 'Constant' ? node.attributes.get('value') : undefined;
      if (constant?.type === 'TENSOR') counted.add(constant.value);
    }
  }
  let count = 0;
  for (const { dtype, shape } of counted) if (!notParameters.has(dtype)) count += elementCount(shape);
  return count;
}

function isCoding(opType: string): boolean {
  return opType === 'QuantizeLinear' || opType === 'DequantizeLinear';
}
