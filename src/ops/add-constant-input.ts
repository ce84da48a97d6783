import type { DataType } from '../base/tensor.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';

/** Opset upgrades turn attributes into inputs: adds a constant as input `index`. An undefined `values` adds nothing. */
export function addConstantInput(
  graph: Graph,
  node: Node,
  index: number,
  name: string,
  dtype: Extract<DataType, 'int64' | 'float'>,
  values: readonly number[] | undefined,
  isScalar = false,
): void {
  if (!values) return;
  const shape = isScalar ? [] : [values.length];
  const data = dtype === 'int64' ? BigInt64Array.from(values, BigInt) : Float32Array.from(values);
  const prefix = node.name || node.output.name;
  node.setInput(
    index,
    graph.addInitializer(`${prefix}_${name}`, tensorSourceOfTensor({ dtype, shape, data })),
  );
}
