import { constantOf } from '../onnx/constant-of.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TypeMap } from '../ops/infer-types.ts';
import type { Target } from '../targets/target.ts';

/** Why a product of two activations cannot be quantized; undefined where it can. */
export function reasonAgainstProduct(node: Node, types: TypeMap, target: Target): string | undefined {
  const facts = target.kernels[node.opType]?.dataProducts;
  if (!facts) return 'both its factors are data';
  for (const value of node.inputs) {
    if (!value) return 'a factor is missing';
    if (constantOf(value)) return 'its left factor is a constant';
    const type = types.get(value);
    if (type?.dtype !== 'float')
      return type ? `its factors are ${type.dtype}` : 'the type of its factors is not known';
    if (!type.shape) return 'the rank of its factors is not known';
    if (type.shape.length < 2) return 'one factor is a vector';
  }
  const left = node.inputs[0] && types.get(node.inputs[0])?.shape;
  const depth = left?.at(-1);
  if (typeof depth !== 'number') return 'the depth of the product is not known';
  return depth < facts.minDepth
    ? `products of data less than ${facts.minDepth} deep are faster in float`
    : undefined;
}
