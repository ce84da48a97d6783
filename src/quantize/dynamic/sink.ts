import { check } from '../../base/check.ts';
import type { Graph } from '../../onnx/ir/graph.ts';
import type { Node } from '../../onnx/ir/node.ts';
import type { Value } from '../../onnx/ir/value.ts';

/**
 * Moves nodes and constants of the main graph into the innermost body that holds all their readers: what a body reads
 * from outside is handed to it anew in every run.
 * @param nodes producers before their readers
 */
export function sink(root: Graph, nodes: readonly Node[], constants: Iterable<Value>): void {
  for (const node of [...nodes].reverse()) {
    const home = commonGraph(readers(node.output));
    if (!home || home === root) continue;
    const { inputs, outputs } = node;
    root.remove(node);
    node.setInputs(inputs);
    node.setOutputs(outputs);
    home.add(node);
  }
  for (const value of constants) {
    const home = commonGraph(readers(value));
    if (!home || home === root) continue;
    root.removeInitializer(value);
    home.adoptInitializer(value);
  }
}

function readers(value: Value): Graph[] {
  return value.uses.map(({ node }) => {
    check(node.graph !== undefined, () => `a reader of "${value.name}" is in no graph`);
    return node.graph;
  });
}

/** The innermost graph that is, or holds, all of these; undefined of none. */
function commonGraph([first, ...others]: readonly Graph[]): Graph | undefined {
  if (!first) return undefined;
  const around = chain(first);
  return around.find((graph) => others.every((other) => chain(other).includes(graph)));
}

/** The graph and those around it, inner ones first. */
function chain(graph: Graph): Graph[] {
  const graphs = [graph];
  for (let outer = graph.owner?.graph; outer; outer = outer.owner?.graph) graphs.push(outer);
  return graphs;
}
