import type { Node } from '../../onnx/ir/node.ts';
import { opOf } from '../../ops/index.ts';

/** Operators without a role in quantization that hand on elements of these inputs unchanged. */
const moving: Readonly<Record<string, (node: Node) => readonly number[]>> = {
  Concat: ({ inputs }) => inputs.map((_, i) => i),
  DepthToSpace: () => [0],
  Expand: () => [0],
  Gather: () => [0],
  GatherElements: () => [0],
  GatherND: () => [0],
  Identity: () => [0],
  SpaceToDepth: () => [0],
  Split: () => [0],
  Tile: () => [0],
  Where: () => [1, 2],
};

/**
 * The inputs a node takes the elements of its outputs from, as they are: such a node does the same to codes as to the
 * numbers they stand for. Undefined for nodes that compute.
 */
export function movedInputs(node: Node): readonly number[] | undefined {
  const role = opOf(node)?.role;
  if (role?.kind === 'pass') return role.fill === undefined ? [0] : [0, role.fill];
  return node.domain === '' && Object.hasOwn(moving, node.opType) ? moving[node.opType](node) : undefined;
}
