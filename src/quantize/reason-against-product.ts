import { constantOf } from '../onnx/constant-of.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TypeMap } from '../ops/infer-types.ts';

/** Why a product of two activations cannot be quantized; undefined where it can. */
export function reasonAgainstProduct(node: Node, types: TypeMap): string | undefined {
  for (const value of node.inputs) {
    if (!value) return 'a factor is missing';
    if (constantOf(value)) return 'its left factor is a constant';
    const type = types.get(value);
    if (type?.dtype !== 'float')
      return type ? `its factors are ${type.dtype}` : 'the type of its factors is not known';
    if (!type.shape) return 'the rank of its factors is not known';
    if (type.shape.length < 2) return 'one factor is a vector';
  }
  return undefined;
}
