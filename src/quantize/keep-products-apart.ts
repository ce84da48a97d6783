import { constantOf } from '../onnx/constant-of.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TypeMap } from '../ops/infer-types.ts';
import type { Plan } from './plan.ts';

/**
 * ONNX Runtime makes MatMul → Add(vector) a float Gemm before it looks for Q/DQ around the MatMul, and so loses the
 * integer kernel (MatMulAddFusion of 1.30). It does not
 * 1. where the data are stacked and the vector is a matrix of one row, which broadcasts alike;
 * 2. where a Max of one operand stands in between, which costs a pass: for data of whatever shape.
 */
export function keepProductsApart(graph: Graph, plan: Plan, types: TypeMap): void {
  for (const [layer, { state }] of plan.nodes) {
    if (state !== 'quantized' || layer.opType !== 'MatMul') continue;
    const [reader, ...others] = layer.output.uses;
    if (others.length > 0 || reader?.node.opType !== 'Add' || reader.node.domain !== '') continue;
    const rank = types.get(layer.output)?.shape?.length ?? 0;
    if (rank > 2) raiseVector(graph, reader.node, 1 - reader.index);
    else if (hasVector(reader.node, 1 - reader.index)) part(graph, layer, reader);
  }
  graph.sort();
}

function hasVector(add: Node, index: number): boolean {
  const operand = add.inputs[index];
  return operand !== undefined && constantOf(operand)?.shape.length === 1;
}

/** Case 1. */
function raiseVector(graph: Graph, add: Node, index: number): void {
  const operand = add.inputs[index];
  const vector = operand?.initializer;
  if (vector?.shape.length !== 1) return;
  add.setInput(index, graph.addInitializer(operand!.name, { ...vector, shape: [1, ...vector.shape] }));
}

/** Case 2. */
function part(graph: Graph, layer: Node, { node, index }: { node: Node; index: number }): void {
  const { output } = layer;
  node.setInput(
    index,
    graph.addNode({ opType: 'Max', inputs: [output], outputName: `${output.name}/guard` }),
  );
}
