import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { nodeName } from './node-name.ts';
import { parseNames } from './parse-names.ts';

const ABSORBED = 'pare.absorbed';

/**
 * Removes `node`, whose work `layer` (the producer of its input 0) now does as well: the layer makes its output. The
 * layer remembers the absorbed names, so that patterns given for the input file's nodes still find it.
 */
export function absorb(graph: Graph, layer: Node, node: Node): void {
  const { output } = node;
  rememberNames(layer, node);
  graph.remove(node);
  layer.setOutputs([output]);
}

/** Notes on `layer` that it does the work of `node` as well. */
export function rememberNames(layer: Node, node: Node): void {
  // A layer without a name of its own goes by its output's, which may be about to change.
  const own = layer.name === '' ? [nodeName(layer)] : [];
  const names = new Set([...absorbedNames(layer), ...own, nodeName(node), ...absorbedNames(node)]);
  layer.metadata.set(ABSORBED, JSON.stringify([...names]));
}

/** Names of the input file's nodes that were folded into this one. */
export function absorbedNames(node: Node): string[] {
  return parseNames(node.metadata.get(ABSORBED));
}
