import type { Node } from '../../onnx/ir/node.ts';

/** Of a recurrent node's directions, whether each runs from the end. */
export function directionsOf(node: Node): boolean[] {
  const direction = node.string('direction') ?? 'forward';
  if (direction === 'bidirectional') return [false, true];
  return [direction === 'reverse'];
}
