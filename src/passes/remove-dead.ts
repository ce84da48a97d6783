import type { Graph } from '../onnx/ir/graph.ts';
import type { Pass } from './pass.ts';

export const removeDeadPass: Pass = {
  name: 'remove-dead',
  summary: 'removes nodes and constants that no output depends on',
  async run(model) {
    return removeDead(model.graph);
  },
};

/** Removes nodes nothing reads and initializers nothing uses, also inside subgraphs; returns how many. */
export function removeDead(graph: Graph): number {
  let changes = 0;
  graph.sort();
  const outputs = new Set(graph.outputs);
  // Readers come after producers: backwards, a chain of dead nodes falls in one sweep.
  for (const node of [...graph.nodes].reverse()) {
    if (node.outputs.some((value) => value && (value.isUsed || outputs.has(value)))) continue;
    for (const subgraph of node.subgraphs()) for (const inner of [...subgraph.nodes]) subgraph.remove(inner);
    graph.remove(node);
    changes++;
  }
  for (const node of graph.nodes) for (const subgraph of node.subgraphs()) changes += removeDead(subgraph);
  for (const value of graph.initializers) {
    if (value.isUsed || outputs.has(value)) continue;
    graph.removeInitializer(value);
    graph.inputs = graph.inputs.filter((input) => input !== value);
    changes++;
  }
  return changes;
}
