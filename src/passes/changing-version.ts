import type { Node } from '../onnx/ir/node.ts';
import { breakingChanges } from '../ops/breaking-changes.ts';
import { opOf } from '../ops/index.ts';

/** The first standard operator set after `from`, up to `target`, in which a node would mean something else, or nothing. */
export function changingVersion(node: Node, from: number, target: number): number | undefined {
  return breakingVersion(node, from, target) ?? bridgedVersion(node, from, target);
}

/** The same, but for changes that an upgrade rule bridges. */
export function breakingVersion(node: Node, from: number, target: number): number | undefined {
  if (node.domain !== '' || !Object.hasOwn(breakingChanges, node.opType)) return undefined;
  return breakingChanges[node.opType].find(
    ({ since, breaks }) => since > from && since <= target && (breaks?.(node) ?? true),
  )?.since;
}

function bridgedVersion(node: Node, from: number, target: number): number | undefined {
  return Object.keys(opOf(node)?.upgrades ?? {})
    .map(Number)
    .find((version) => version > from && version <= target);
}
