import type { Graph } from './ir/graph.ts';

/** The graph and all graphs held in its nodes' attributes, outer ones first. */
export function* subgraphDepthFirst(graph: Graph): Iterable<Graph> {
  yield graph;
  for (const node of graph.nodes) for (const inner of node.subgraphs()) yield* subgraphDepthFirst(inner);
}
