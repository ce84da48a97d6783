import type { Graph } from '../onnx/ir/graph.ts';
import type { Value } from '../onnx/ir/value.ts';
import type { Pass } from './pass.ts';
import { pinnedValues } from './pinned-values.ts';

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
  // A dead subgraph may have handed out a value of this graph, which then is dead as well.
  for (let found = -1; found !== 0; changes += found) found = sweep(graph, pinnedValues(graph));
  return changes;
}

function sweep(graph: Graph, pinned: ReadonlySet<Value>): number {
  let changes = 0;
  graph.sort();
  // Readers come after producers: backwards, a chain of dead nodes falls in one sweep, what dead subgraphs read as well.
  for (const node of [...graph.nodes].reverse()) {
    const isDead = node.outputs.every((value) => !value || !(value.isUsed || pinned.has(value)));
    if (isDead) {
      for (const subgraph of node.subgraphs()) empty(subgraph);
      graph.remove(node);
      changes++;
    } else {
      for (const subgraph of node.subgraphs()) changes += sweep(subgraph, pinned);
    }
  }
  const dead = [...graph.initializers].filter((value) => !(value.isUsed || pinned.has(value)));
  if (dead.length === 0) return changes;
  for (const value of dead) graph.removeInitializer(value);
  const gone = new Set(dead);
  graph.inputs = graph.inputs.filter((input) => !gone.has(input));
  return changes + dead.length;
}

/** Gives up everything a graph, and those inside it, read from the graphs around it. */
function empty(graph: Graph): void {
  for (const node of [...graph.nodes]) {
    for (const subgraph of node.subgraphs()) empty(subgraph);
    graph.remove(node);
  }
}
