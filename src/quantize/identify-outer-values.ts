import type { Graph } from '../onnx/ir/graph.ts';
import { Node } from '../onnx/ir/node.ts';
import { Value } from '../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';

/**
 * Puts an Identity between a value from around a body and the output as which the body hands it on. So every reading of a
 * value of the main graph is a node's, and follows when the value is quantized. Returns how many were put.
 */
export function identifyOuterValues(graph: Graph): number {
  let added = 0;
  for (const body of subgraphDepthFirst(graph)) {
    if (body === graph) continue;
    body.outputs = body.outputs.map((output) => {
      if (isOwn(output, body)) return output;
      const inner = new Value(body.freshName(`${output.name}/handed`), output.type);
      body.add(new Node({ opType: 'Identity', inputs: [output], outputs: [inner] }));
      added++;
      return inner;
    });
  }
  return added;
}

function isOwn(value: Value, body: Graph): boolean {
  return value.producer?.graph === body || body.inputs.includes(value) || body.initializers.has(value);
}
