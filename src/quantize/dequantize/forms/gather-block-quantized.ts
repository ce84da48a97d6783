import { constantOf } from '../../../onnx/constant-of.ts';
import type { Node } from '../../../onnx/ir/node.ts';
import type { TensorSource } from '../../../onnx/ir/tensor-source.ts';
import { decodedTensor } from '../decoded-tensor.ts';
import type { Dequantizer } from '../dequantizer.ts';
import { brokenQuantization, cannotDequantize } from '../errors.ts';
import type { Form } from '../form.ts';
import { replaceNode } from '../lower.ts';
import { rewriteEach } from '../nodes-of.ts';
import { equalZeroPoints, packedCodes, typeOfWidth, unpackedZeroPoints } from '../packed-blocks.ts';

/** Gather from a table of codes, one scale a block along an axis. Source: ONNX Runtime's ContribOperators.md. */
export const gatherBlockQuantized: Form = {
  name: 'gather-block-quantized',
  summary: 'GatherBlockQuantized',
  stage: 'decode',
  operators: ['com.microsoft:GatherBlockQuantized'],
  rewrite: (model, dequantizer) =>
    rewriteEach(model, gatherBlockQuantized, (node) => rewrite(node, dequantizer)),
};

function rewrite(node: Node, dequantizer: Dequantizer): void {
  const [table, indices, s, z] = node.inputs;
  const [codes, scale, zeros] = [table && constantOf(table), s && constantOf(s), z && constantOf(z)];
  if (!table || !codes || !scale || (z && !zeros)) throw cannotDequantize(node, 'its table is no constant');
  const axis = node.int('quantize_axis') ?? 1;
  const { name } = table;
  const blockSize = node.int('block_size') ?? 128;
  if (!(blockSize > 0)) throw brokenQuantization(name, `block_size ${blockSize}`, 'a number above 0');
  const unpacked =
    codes.dtype === 'uint8' ? unpack(node, { codes, scale, zeros, axis, name }) : { codes, zeros };
  const decoded = decodedTensor({
    name,
    codes: unpacked.codes,
    scale,
    zeroPoint: unpacked.zeros,
    axis,
    blockSize,
  });
  const gather = node.graph!.addInitializer(`${name}_float`, decoded);
  const attributes = [['axis', { type: 'INT', value: BigInt(node.int('gather_axis') ?? 0) }]] as const;
  const { output } = node;
  replaceNode(node, { opType: 'Gather', domain: '', inputs: [gather, indices], attributes });
  if (output.producer) dequantizer.note(output.producer, `${unpacked.codes.dtype} block ${blockSize}`);
}

/** Codes of `bits` bits lie packed in bytes along the last axis; without zero points the middle code stands for 0. */
function unpack(
  node: Node,
  table: {
    codes: TensorSource;
    scale: TensorSource;
    zeros: TensorSource | undefined;
    axis: number;
    name: string;
  },
): { codes: TensorSource; zeros: TensorSource } {
  const { codes, scale, zeros, axis, name } = table;
  const bits = node.int('bits') ?? 4;
  const dtype = typeOfWidth(bits);
  const { shape } = codes;
  const last = shape.length - 1;
  if (!dtype) throw cannotDequantize(node, `its codes have ${bits} bits`);
  if (axis !== last && axis !== -1 && bits < 8)
    throw cannotDequantize(node, 'its codes are packed along another axis than the last');
  const whole = shape.map((n, i) => (i === last ? n * (8 / bits) : n));
  return {
    codes: packedCodes(codes, dtype, whole, name),
    zeros: zeros
      ? unpackedZeroPoints(zeros, dtype, scale.shape, name)
      : equalZeroPoints(2 ** (bits - 1), scale.shape),
  };
}
