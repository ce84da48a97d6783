import { brokenModel } from './errors.ts';
import { type Graph, producersIn } from './ir/graph.ts';
import type { Model } from './ir/model.ts';
import type { Node } from './ir/node.ts';
import { subgraphDepthFirst } from './subgraph-depth-first.ts';

/**
 * Throws `broken-model` with all problems found: dangling and doubly made values (noted while reading, in `found`),
 * cycles, operators of domains the model does not import.
 */
export function checkModel(model: Model, sourceName: string, found: readonly string[] = []): void {
  const problems = [...found];
  for (const graph of subgraphDepthFirst(model.graph))
    for (const node of graph.nodes) {
      if (model.opsetImports.has(node.domain)) continue;
      if (!model.functions.some((f) => f.domain === node.domain && f.name === node.opType)) {
        problems.push(
          `"${node.name}" (${node.opType}) is of domain "${node.domain}", which the model does not import`,
        );
      }
    }
  for (const graph of [model.graph, ...model.functions.map((f) => f.graph)])
    for (const inner of subgraphDepthFirst(graph)) problems.push(...cycle(inner));
  if (problems.length > 0) throw brokenModel(sourceName, problems);
}

/** Kahn's algorithm; what cannot be ordered lies on a cycle or behind one. At most one problem a graph. */
function cycle(graph: Graph): string[] {
  const waiting = new Map<Node, number>();
  const readers = new Map<Node, Node[]>();
  const ready: Node[] = [];
  for (const node of graph.nodes) {
    const producers = producersIn(node, graph);
    if (producers.size === 0) ready.push(node);
    else waiting.set(node, producers.size);
    for (const producer of producers) {
      const list = readers.get(producer);
      if (list) list.push(node);
      else readers.set(producer, [node]);
    }
  }
  for (let node = ready.pop(); node; node = ready.pop()) {
    for (const reader of readers.get(node) ?? []) {
      const left = (waiting.get(reader) ?? 0) - 1;
      waiting.set(reader, left);
      if (left === 0 && waiting.delete(reader)) ready.push(reader);
    }
  }
  if (waiting.size === 0) return [];
  const [first] = waiting.keys();
  return [`node "${first.name}" (${first.opType}) depends on itself`];
}
