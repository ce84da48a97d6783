import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';

const ABSORBED = 'pare.absorbed';

/**
 * Removes `node`, whose work `layer` (the producer of its input 0) now does as well: the layer makes its output. The
 * layer remembers the absorbed names, so that patterns given for the input file's nodes still find it.
 */
export function absorb(graph: Graph, layer: Node, node: Node): void {
  const { output } = node;
  const names = [...absorbedNames(layer), node.name, ...absorbedNames(node)].filter((name) => name !== '');
  layer.metadata.set(ABSORBED, JSON.stringify(names));
  graph.remove(node);
  layer.setOutputs([output]);
}

/** Names of the input file's nodes that were folded into this one. */
export function absorbedNames(node: Node): string[] {
  const text = node.metadata.get(ABSORBED);
  if (text === undefined) return [];
  const names: unknown = JSON.parse(text);
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}
