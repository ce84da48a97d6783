import { constantOf } from '../../../onnx/constant-of.ts';
import type { Node } from '../../../onnx/ir/node.ts';
import type { TensorSource } from '../../../onnx/ir/tensor-source.ts';
import { elementCount } from '../../../tensor/element-count.ts';
import { computedTensor, readNumbers } from '../computed-tensor.ts';
import type { Dequantizer } from '../dequantizer.ts';
import { brokenQuantization, cannotDequantize } from '../errors.ts';
import type { Form } from '../form.ts';
import { replaceNode } from '../lower.ts';
import { rewriteEach } from '../nodes-of.ts';

interface CodeBook {
  readonly name: string;
  readonly values: Float32Array;
}

/** By the attribute `quant_type`. Source: bitsandbytes, and ONNX Runtime's blockwise_quant_block_bnb4.h. */
const codebooks: readonly CodeBook[] = [
  {
    name: 'fp4',
    values: Float32Array.of(
      ...[0, 0.00520833333, 0.66666667, 1, 0.33333333, 0.5, 0.16666667, 0.25],
      ...[0, -0.00520833333, -0.66666667, -1, -0.33333333, -0.5, -0.16666667, -0.25],
    ),
  },
  {
    name: 'nf4',
    values: Float32Array.of(
      ...[-1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453],
      ...[-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0],
      ...[0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224],
      ...[0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1],
    ),
  },
];

/** Product with a weight [K, N] that lies as [N, K], 4-bit codes high half of a byte first, one magnitude a block. */
export const matmulBnb4: Form = {
  name: 'matmul-bnb4',
  summary: 'MatMulBnb4: NF4 and FP4',
  stage: 'decode',
  operators: ['com.microsoft:MatMulBnb4'],
  rewrite: (model, dequantizer) => rewriteEach(model, matmulBnb4, (node) => rewrite(node, dequantizer)),
};

function rewrite(node: Node, dequantizer: Dequantizer): void {
  const [a, b, m] = node.inputs;
  const [codes, magnitudes] = [b && constantOf(b), m && constantOf(m)];
  if (!b || !codes || !magnitudes) throw cannotDequantize(node, 'its weight is no constant');
  if ((node.int('transB') ?? 1) !== 1) throw cannotDequantize(node, 'its weight does not lie transposed');
  const codebook = codebooks[node.int('quant_type') ?? -1];
  if (!codebook) throw cannotDequantize(node, `its quant_type is ${node.int('quant_type')}`);
  const weight = decoded(node, codes, magnitudes, codebook.values);
  const inputs = [a, node.graph!.addInitializer(`${b.name}_float`, weight)];
  const stored = `${codebook.name} block ${node.int('block_size')}`;
  const { output } = node;
  replaceNode(node, { opType: 'MatMul', domain: '', inputs, attributes: [] });
  if (output.producer) dequantizer.note(output.producer, stored);
}

function decoded(
  node: Node,
  codes: TensorSource,
  magnitudes: TensorSource,
  values: Float32Array,
): TensorSource {
  const [rows, columns, block] = ['K', 'N', 'block_size'].map((name) => node.int(name) ?? 0);
  const name = node.inputs[1]!.name;
  if (!(rows > 0 && columns > 0 && block > 0))
    throw brokenQuantization(name, `K ${rows}, N ${columns}, block_size ${block}`, 'numbers above 0');
  const count = rows * columns;
  if (codes.byteLength !== Math.ceil(count / 2))
    throw brokenQuantization(
      name,
      `${codes.byteLength} bytes`,
      `${Math.ceil(count / 2)}: half an element each`,
    );
  const blocks = Math.ceil(count / block);
  if (elementCount(magnitudes.shape) !== blocks)
    throw brokenQuantization(name, `${elementCount(magnitudes.shape)} magnitudes`, `${blocks}, one a block`);
  return computedTensor([rows, columns], async () => {
    const bytes = await codes.read();
    const magnitude = await readNumbers(magnitudes, name);
    const result = new Float32Array(count);
    for (let column = 0, i = 0; column < columns; column++)
      for (let row = 0; row < rows; row++, i++) {
        const code = i % 2 === 0 ? bytes[i >> 1] >> 4 : bytes[i >> 1] & 15;
        result[row * columns + column] = values[code] * magnitude(Math.floor(i / block));
      }
    return result;
  });
}
