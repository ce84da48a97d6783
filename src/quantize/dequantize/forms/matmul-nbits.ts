import { constantOf } from '../../../onnx/constant-of.ts';
import type { Node } from '../../../onnx/ir/node.ts';
import { readTensorSource } from '../../../onnx/ir/read-tensor-source.ts';
import type { TensorSource } from '../../../onnx/ir/tensor-source.ts';
import { computedTensor } from '../computed-tensor.ts';
import { decodedTensor } from '../decoded-tensor.ts';
import type { Dequantizer } from '../dequantizer.ts';
import { brokenQuantization, cannotDequantize } from '../errors.ts';
import type { Form } from '../form.ts';
import { withBias } from '../lower.ts';
import { rewriteEach } from '../nodes-of.ts';
import { equalZeroPoints, packedCodes, typeOfWidth, unpackedZeroPoints } from '../packed-blocks.ts';

/**
 * Product with a weight [K, N] that lies transposed as codes [N, blocks of K, bytes of a block], low bits first. Without
 * zero points the middle code stands for 0. Source: ONNX Runtime's ContribOperators.md.
 */
export const matmulNbits: Form = {
  name: 'matmul-nbits',
  summary: 'MatMulNBits of 2, 4 and 8 bits',
  stage: 'decode',
  operators: ['com.microsoft:MatMulNBits'],
  rewrite: (model, dequantizer) => rewriteEach(model, matmulNbits, (node) => rewrite(node, dequantizer)),
};

function rewrite(node: Node, dequantizer: Dequantizer): void {
  const [a, b, , , groups, bias] = node.inputs;
  if (groups) throw cannotDequantize(node, 'its rows are permuted (g_idx)');
  const weight = decodedWeight(node);
  const { output } = node;
  const inputs = [a, node.graph!.addInitializer(`${b?.name}_float`, weight)];
  const stored = `${(node.int('bits') ?? 4) === 8 ? 'uint8' : `uint${node.int('bits') ?? 4}`} block ${node.int('block_size')}`;
  withBias(node, { opType: 'MatMul', domain: '', inputs, attributes: [] }, bias);
  const product =
    output.producer?.opType === 'MatMul' ? output.producer : output.producer?.inputs[0]?.producer;
  if (product) dequantizer.note(product, stored);
}

function decodedWeight(node: Node): TensorSource {
  const [, b, s, z] = node.inputs;
  const [codes, scales, zeros] = [b && constantOf(b), s && constantOf(s), z && constantOf(z)];
  if (!b || !codes || !scales || (z && !zeros)) throw cannotDequantize(node, 'its weight is no constant');
  const [bits, block] = [node.int('bits') ?? 4, node.int('block_size') ?? 0];
  const [rows, length] = [node.int('N') ?? 0, node.int('K') ?? 0];
  const dtype = typeOfWidth(bits);
  if (!dtype) throw cannotDequantize(node, `its codes have ${bits} bits`);
  const { name } = b;
  if (!(block > 0 && rows > 0 && length > 0))
    throw brokenQuantization(name, `N ${rows}, K ${length}, block_size ${block}`, 'numbers above 0');
  const blocks = Math.ceil(length / block);
  const shape = [rows, blocks];
  if (scales.byteLength * 8 !== rows * blocks * bitsOf(scales))
    throw brokenQuantization(name, `scales [${scales.shape}]`, `[${shape}]`);
  const whole = decodedTensor({
    name,
    codes: packedCodes(codes, dtype, [rows, blocks * block], name),
    scale: { ...scales, shape, read: () => scales.read() },
    zeroPoint: zeroPoints(zeros, bits, shape, name),
    axis: 1,
    blockSize: block,
  });
  return transposed(whole, length);
}

function bitsOf({ dtype }: TensorSource): number {
  return dtype === 'float' ? 32 : 16;
}

/** Packed like the codes, or numbers of the type of the data. */
function zeroPoints(
  source: TensorSource | undefined,
  bits: number,
  shape: readonly number[],
  name: string,
): TensorSource {
  if (!source) return equalZeroPoints(2 ** (bits - 1), shape);
  const dtype = typeOfWidth(bits);
  if (source.dtype === 'uint8' && dtype) return unpackedZeroPoints(source, dtype, shape, name);
  return { ...source, shape, read: () => source.read() };
}

/** [N, K or more] as [K, N]. */
function transposed(source: TensorSource, length: number): TensorSource {
  const [rows, stride] = source.shape;
  return computedTensor([length, rows], async () => {
    // What is decoded is float32.
    const data = (await readTensorSource(source)).data as Float32Array;
    const result = new Float32Array(length * rows);
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < length; k++) result[k * rows + row] = data[row * stride + k];
    return result;
  });
}
