import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';

/**
 * Removes a node whose output equals its input 0; readers read the input instead. Pinned values (see `pinnedValues`)
 * keep their names, so a node between two names of the graph's interface (input to output, or two outputs) stays:
 * false is returned.
 */
export function bypass(graph: Graph, node: Node, pinned: ReadonlySet<Value>): boolean {
  const input = node.inputs[0];
  const output = node.output;
  if (!input) return false;
  if (!pinned.has(output)) {
    output.replaceUses(input);
    graph.remove(node);
    return true;
  }
  const { producer } = input;
  if (producer?.graph !== graph || pinned.has(input)) return false;
  // The producer makes the pinned output itself; other readers follow.
  graph.remove(node);
  producer.setOutputs(producer.outputs.map((value) => (value === input ? output : value)));
  input.replaceUses(output);
  return true;
}
