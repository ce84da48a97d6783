import { constantOf } from '../../onnx/constant-of.ts';
import type { Node } from '../../onnx/ir/node.ts';
import { elementCount } from '../../tensor/element-count.ts';

/** How a DequantizeLinear's constant is stored: `int8 per channel`, `uint4 block 32`; undefined for what is no weight. */
export function storedAs(node: Node): string | undefined {
  const [codes, scale] = node.inputs;
  const source = codes && constantOf(codes);
  const scales = scale && constantOf(scale);
  // int32 codes are biases, which say nothing of the layer.
  if (!source || !scales || source.dtype === 'int32') return undefined;
  const block = node.int('block_size') ?? 0;
  if (block > 0) return `${source.dtype} block ${block}`;
  return `${source.dtype} ${elementCount(scales.shape) > 1 ? 'per channel' : 'per tensor'}`;
}
