import type { Model } from '../onnx/ir/model.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';

/** Nodes of the main graph and of the bodies in it. */
export function countNodes({ graph }: Model): number {
  let count = 0;
  for (const { nodes } of subgraphDepthFirst(graph)) count += nodes.size;
  return count;
}
