import type { Graph } from '../onnx/ir/graph.ts';
import type { Value } from '../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';

/** Values handed out by the graph or a graph inside it: they are no node's input, yet must stay. */
export function pinnedValues(graph: Graph): ReadonlySet<Value> {
  const pinned = new Set<Value>();
  for (const inner of subgraphDepthFirst(graph)) for (const value of inner.outputs) pinned.add(value);
  return pinned;
}
