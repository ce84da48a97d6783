import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { expandAttention } from './expand-attention.ts';
import { expandRecurrence } from './recurrent-training/expand-recurrence.ts';
import { toScannedForm } from './recurrent-training/to-scanned-form.ts';

/**
 * Replaces a node that has no gradient of its own by nodes (or a composite) that have, which compute the same. Also what is
 * frozen needs it, where gradients pass through.
 * @param shapeOf the fixed shape of a value
 * @returns whether it was replaced
 */
export function toDifferentiableForm(node: Node, shapeOf: (value: Value) => readonly number[]): boolean {
  return toScannedForm(node, shapeOf) || expandRecurrence(node, shapeOf) || expandAttention(node, shapeOf);
}
