import type { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';

/** The constant of a Constant node, in whichever of its attributes it stands; undefined for sparse ones and texts. */
export function constantOfNode(node: Node): TensorSource | undefined {
  const [attribute] = node.attributes.values();
  switch (attribute?.type) {
    case 'TENSOR':
      return attribute.value;
    case 'FLOAT':
      return tensorSourceOfTensor({ dtype: 'float', shape: [], data: Float32Array.of(attribute.value) });
    case 'INT':
      return tensorSourceOfTensor({ dtype: 'int64', shape: [], data: BigInt64Array.of(attribute.value) });
    case 'FLOATS':
      return tensorSourceOfTensor({
        dtype: 'float',
        shape: [attribute.value.length],
        data: Float32Array.from(attribute.value),
      });
    case 'INTS':
      return tensorSourceOfTensor({
        dtype: 'int64',
        shape: [attribute.value.length],
        data: BigInt64Array.from(attribute.value),
      });
    default:
      return undefined;
  }
}
