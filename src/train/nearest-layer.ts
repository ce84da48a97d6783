import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';

/** Their gradients are products too, those of other operators are not. */
const PRODUCTS: readonly string[] = ['Conv', 'ConvTranspose', 'Einsum', 'Gemm', 'MatMul'];

/**
 * The named node of the model that a node of a step belongs to: of a forward node itself or one in front of it; of a node
 * of the backward pass the forward node whose values it, or what comes before it, is computed from. Which of two
 * neighbours it is, the reader or the maker of a value, is a good guess only.
 */
export function nearestLayer(start: Node, isForward: (node: Node) => boolean): Node {
  const layer = isForward(start) ? start : (layerRead(start, isForward) ?? start);
  return firstBehind(layer, (node) => (node.name === '' ? undefined : node)) ?? layer;
}

function layerRead(start: Node, isForward: (node: Node) => boolean): Node | undefined {
  const isProduct = isProductOf(start);
  return firstBehind(start, (node) => {
    if (isForward(node)) return node;
    const read = node.inputs.filter(
      (value): value is Value => value?.producer !== undefined && isForward(value.producer),
    );
    const readers = read.flatMap(({ uses }) => uses.map((use) => use.node).filter(isForward));
    // The body of a Scan reads weights unseen, so that what only prepares them is behind no layer.
    const touching = [...readers, ...read.flatMap(({ producer }) => producer ?? [])].filter(isBehindLayer);
    const fitting = touching.filter((other) => isProductOf(other) === isProduct);
    return mostTouching(fitting.length > 0 ? fitting : touching, read);
  });
}

function isBehindLayer(node: Node): boolean {
  return firstBehind(node, ({ name }) => (name === '' ? undefined : node)) !== undefined;
}

function isProductOf({ opType }: Node): boolean {
  return PRODUCTS.includes(opType);
}

/** Of nodes that touch as many, the first. */
function mostTouching(nodes: readonly Node[], values: readonly Value[]): Node | undefined {
  let best: { node: Node; count: number } | undefined;
  for (const node of nodes) {
    const count = values.filter((value) => value.producer === node || node.inputs.includes(value)).length;
    if (count > (best?.count ?? 0)) best = { node, count };
  }
  return best?.node;
}

/** What `find` gives for the nearest node on the ways backwards, nearest by the number of steps. */
function firstBehind(start: Node, find: (node: Node) => Node | undefined): Node | undefined {
  const seen = new Set([start]);
  // A set goes on with what is added while it is walked.
  for (const node of seen) {
    const found = find(node);
    if (found) return found;
    for (const value of node.inputs) if (value?.producer) seen.add(value.producer);
  }
  return undefined;
}
