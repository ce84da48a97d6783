import { constantOf } from '../../onnx/constant-of.ts';
import type { Node } from '../../onnx/ir/node.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { opOf } from '../../ops/index.ts';

/** More nodes than exporters need to put a weight together. */
const MAX_NODES = 1000;

/**
 * The nodes that compute a value from constants alone, in no order; none where it is a constant itself, undefined where
 * it depends on more, or on what must be computed anew in every run.
 */
export function constantCone(value: Value): ReadonlySet<Node> | undefined {
  const cone = new Set<Node>();
  const open: Value[] = [value];
  for (let next = open.pop(); next; next = open.pop()) {
    const { producer } = next;
    if (constantOf(next) || (producer && cone.has(producer))) continue;
    if (!producer || !isComputable(producer) || cone.size >= MAX_NODES) return undefined;
    cone.add(producer);
    for (const input of producer.inputs) if (input) open.push(input);
  }
  return cone;
}

function isComputable(node: Node): boolean {
  const op = opOf(node);
  const hasBodies = node.subgraphs()[Symbol.iterator]().next().done !== true;
  return op !== undefined && op.domain === '' && !op.keepsItsPlace && !hasBodies && node.inputs.length > 0;
}
