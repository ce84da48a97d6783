import type { Model } from '../../onnx/ir/model.ts';
import type { Node } from '../../onnx/ir/node.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import type { Form } from './form.ts';

/** How forms name an operator: `domain:type`. */
export function operatorKey({ domain, opType }: Node): string {
  return `${domain}:${opType}`;
}

/** The nodes of a form's operators, in bodies too, in order; the graphs may be changed meanwhile. */
export function nodesOf({ graph }: Model, { operators }: Pick<Form, 'operators'>): Node[] {
  const wanted = new Set(operators);
  return [...subgraphDepthFirst(graph)].flatMap(({ nodes }) =>
    [...nodes].filter((node) => wanted.has(operatorKey(node))),
  );
}

/** Rewrites each node of the form; returns how many there were. */
export async function rewriteEach(
  model: Model,
  form: Pick<Form, 'operators'>,
  rewrite: (node: Node) => Promise<void> | void,
): Promise<number> {
  const nodes = nodesOf(model, form);
  for (const node of nodes) await rewrite(node);
  for (const graph of subgraphDepthFirst(model.graph)) graph.sort();
  return nodes.length;
}
