import { brokenModel } from './errors.ts';
import type { Graph } from './ir/graph.ts';
import type { Model } from './ir/model.ts';
import type { Node } from './ir/node.ts';

/**
 * Throws `broken-model` with all problems found: dangling and doubly made values (noted while reading, in `found`),
 * cycles, operators of domains the model does not import.
 */
export function checkModel(model: Model, sourceName: string, found: readonly string[] = []): void {
  const problems = [...found];
  for (const node of allNodes(model.graph)) {
    const isFunction = model.functions.some((f) => f.domain === node.domain && f.name === node.opType);
    if (!model.opsetImports.has(node.domain) && !isFunction) {
      problems.push(
        `"${node.name}" (${node.opType}) is of domain "${node.domain}", which the model does not import`,
      );
    }
  }
  for (const graph of [model.graph, ...model.functions.map((f) => f.graph)]) problems.push(...cycles(graph));
  if (problems.length > 0) throw brokenModel(sourceName, problems);
}

function* allNodes(graph: Graph): Iterable<Node> {
  for (const node of graph.nodes) {
    yield node;
    for (const subgraph of node.subgraphs()) yield* allNodes(subgraph);
  }
}

/** Kahn's algorithm; what cannot be ordered lies on a cycle or behind one. */
function cycles(graph: Graph): string[] {
  const waiting = new Map<Node, number>();
  const ready: Node[] = [];
  for (const node of graph.nodes) {
    const count = new Set(node.inputs.map((v) => v?.producer).filter((p) => p?.graph === graph)).size;
    if (count === 0) ready.push(node);
    else waiting.set(node, count);
  }
  for (let node = ready.pop(); node; node = ready.pop()) {
    const readers = new Set(node.outputs.flatMap((v) => v?.uses.map((use) => use.node) ?? []));
    for (const reader of readers) {
      const left = (waiting.get(reader) ?? 0) - 1;
      if (left > 0) waiting.set(reader, left);
      else if (waiting.delete(reader)) ready.push(reader);
    }
  }
  const inner = [...graph.nodes].flatMap((node) => [...node.subgraphs()].flatMap(cycles));
  if (waiting.size === 0) return inner;
  const [first] = waiting.keys();
  return [...inner, `node "${first.name}" (${first.opType}) depends on itself`];
}
