import type { Graph } from '../onnx/ir/graph.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../onnx/ir/value.ts';

/**
 * Adds nodes that make [min, max, mean] of a value: three numbers instead of all elements, for observers that need no
 * more. The mean is there because it is NaN when any element is, which the engine's min and max need not be.
 */
export function addExtremesTap(graph: Graph, value: Value): Value {
  const name = `${value.name}/extremes`;
  const flat = graph.addNode({
    opType: 'Reshape',
    inputs: [value, allElements(graph)],
    outputName: `${value.name}/flat`,
  });
  const parts = ['ReduceMin', 'ReduceMax', 'ReduceMean'].map((opType) =>
    graph.addNode({ opType, inputs: [flat], outputName: `${name}/${opType}` }),
  );
  const attributes = [['axis', { type: 'INT', value: 0n }]] as const;
  return graph.addNode({ opType: 'Concat', inputs: parts, outputName: name, attributes });
}

/** The shape [−1]; without `axes` a reduction covers all of it and keeps one axis of length 1. */
function allElements(graph: Graph): Value {
  const shape = { dtype: 'int64', shape: [1], data: BigInt64Array.of(-1n) } as const;
  return graph.addInitializer('all_elements', tensorSourceOfTensor(shape));
}
