import { constantOf } from '../../onnx/constant-of.ts';
import type { Node } from '../../onnx/ir/node.ts';
import type { Value } from '../../onnx/ir/value.ts';
import type { TypeMap } from '../../ops/infer-types.ts';
import { constantCone } from './constant-cone.ts';
import type { LayerFacts } from './form.ts';

/**
 * Whether ONNX Runtime would take a constant that is added to a product for one number a column although it is not: its
 * fusion (MatMulIntegerToFloat) asks only that all axes but the last have length 1, and the last more than that. A sum
 * that has more columns or axes than the product then fails or comes out in another shape.
 */
export function fusesWrongly(node: Node, columns: number, { types }: LayerFacts): boolean {
  // Behind a bias of its own an Add is not looked at.
  if (node.inputs[2]) return false;
  const [use, ...others] = node.output.uses;
  if (others.length > 0 || use?.node.opType !== 'Add') return false;
  const addend = use.node.inputs[1 - use.index];
  if (!addend || constantCone(addend) === undefined) return false;
  const shape = shapeOf(addend, types);
  const rank = types.get(node.output)?.shape?.length ?? 1;
  if (!shape) return true;
  const last = shape.at(-1);
  const isTaken = shape.length > 0 && last !== 1 && shape.slice(0, -1).every((n) => n === 1);
  return isTaken && (last !== columns || shape.length > rank);
}

function shapeOf(value: Value, types: TypeMap) {
  return constantOf(value)?.shape ?? types.get(value)?.shape;
}
