import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';

/**
 * Takes a node out of its graph and lets other nodes make its outputs, so that readers and names stay. What nobody reads is
 * not written.
 * @param results write the outputs in order, each as the only output of a node of its own
 * @param kept values that are wanted though nobody reads them yet
 */
export function replaceNode(
  node: Node,
  results: readonly (() => Value)[],
  kept: ReadonlySet<Value> = new Set(),
): void {
  const graph = node.graph!;
  for (const [i, value] of [...node.outputs].entries()) {
    if (!value || !(value.isUsed || graph.outputs.includes(value) || kept.has(value))) continue;
    const made = results[i]();
    made.producer?.setOutputs([value]);
    // What was written for an earlier output may read it.
    made.replaceUses(value);
  }
  graph.remove(node);
}
