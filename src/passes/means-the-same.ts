import type { Model, ModelFunction } from '../onnx/ir/model.ts';
import { subgraphDepthFirst } from '../onnx/subgraph-depth-first.ts';
import { changingVersion } from './changing-version.ts';

/** Whether the nodes of a function's body mean in the model's operator sets what they mean in the function's own. */
export function meansTheSame({ graph, opsetImports }: ModelFunction, model: Model): boolean {
  for (const [domain, from] of opsetImports) {
    const target = model.opsetImports.get(domain) ?? from;
    if (from === target) continue;
    if (domain !== '' || from > target) return false;
    for (const { nodes } of subgraphDepthFirst(graph))
      for (const node of nodes) if (changingVersion(node, from, target) !== undefined) return false;
  }
  return true;
}
