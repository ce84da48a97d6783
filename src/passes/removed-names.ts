import type { Graph } from '../onnx/ir/graph.ts';
import { absorbedNames } from './absorb.ts';
import { nodeName } from './node-name.ts';
import { parseNames } from './parse-names.ts';

const REMOVED = 'pare.removed';

/** Names of nodes of the input file that cleaning removed; a pattern that asks for one is no mistake. */
export function removedNames(graph: Graph): string[] {
  return parseNames(graph.metadata.get(REMOVED));
}

/** The names all nodes answer to. Constants are told by their values. */
export function namesOfNodes(graph: Graph): Set<string> {
  const names = new Set<string>();
  for (const node of graph.nodes) {
    if (node.opType === 'Constant') continue;
    names.add(nodeName(node));
    for (const name of absorbedNames(node)) names.add(name);
  }
  return names;
}

/** Notes which of the names `before` no node answers to any more. */
export function noteRemoved(graph: Graph, before: ReadonlySet<string>): void {
  const left = namesOfNodes(graph);
  const gone = new Set(removedNames(graph));
  for (const name of before) if (!left.has(name)) gone.add(name);
  if (gone.size > 0) graph.metadata.set(REMOVED, JSON.stringify([...gone]));
}
