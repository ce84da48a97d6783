import { constantOf } from '../onnx/constant-of.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import { opOf } from '../ops/index.ts';

/** The nodes that fill in elements (Pad) from a constant that is 0: a grid always has a code for that. */
export async function zeroFills(graph: Graph): Promise<Set<Node>> {
  const found = new Set<Node>();
  for (const node of graph.nodes) {
    const role = opOf(node)?.role;
    const fill = role?.kind === 'pass' && role.fill !== undefined ? node.inputs[role.fill] : undefined;
    const constant = fill && constantOf(fill);
    if (constant?.byteLength === 4 && Number((await readTensorSource(constant)).data[0]) === 0)
      found.add(node);
  }
  return found;
}
