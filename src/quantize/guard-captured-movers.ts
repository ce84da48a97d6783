import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { opOf } from '../ops/index.ts';

/**
 * ONNX Runtime 1.30 aborts the process where it moves a DequantizeLinear past an operator that only moves elements and whose
 * output a body (of If, Loop) reads: it looks for the body's reading among the inputs of the node that holds the body. A
 * Max of one operand in front of such a mover keeps it from that. Returns how many were put.
 */
export function guardCapturedMovers(graph: Graph): number {
  let count = 0;
  for (const node of [...graph.nodes]) {
    if (!isMover(node) || !isDecoded(node.inputs[0])) continue;
    if (!node.outputs.some((value) => value?.uses.some((use) => use.node.graph !== graph))) continue;
    const data = node.inputs[0]!;
    node.setInput(0, graph.addNode({ opType: 'Max', inputs: [data], outputName: `${data.name}/guard` }));
    count++;
  }
  graph.sort();
  return count;
}

function isMover(node: Node): boolean {
  return opOf(node)?.role?.kind === 'pass';
}

/** Also behind other movers, as it is moved past one after the other. */
function isDecoded(value: Value | undefined): boolean {
  let producer = value?.producer;
  while (producer && isMover(producer)) producer = producer.inputs[0]?.producer;
  return producer?.opType === 'DequantizeLinear';
}
