import { constantOf } from '../../../onnx/constant-of.ts';
import type { Node } from '../../../onnx/ir/node.ts';
import type { TensorSource } from '../../../onnx/ir/tensor-source.ts';
import type { Value } from '../../../onnx/ir/value.ts';
import { elementCount } from '../../../tensor/element-count.ts';
import { computedTensor, readNumbers } from '../computed-tensor.ts';
import type { Dequantizer } from '../dequantizer.ts';
import { brokenQuantization, cannotDequantize } from '../errors.ts';
import type { Form } from '../form.ts';
import { replaceNode } from '../lower.ts';
import { rewriteEach } from '../nodes-of.ts';

/**
 * LSTM whose weights are codes [directions, inputs, 4 · hidden]: LSTM's, each matrix transposed. Scales are one a
 * direction, or one a direction and column.
 */
export const dynamicQuantizeLstm: Form = {
  name: 'dynamic-quantize-lstm',
  summary: 'DynamicQuantizeLSTM',
  stage: 'decode',
  operators: ['com.microsoft:DynamicQuantizeLSTM'],
  rewrite: (model, dequantizer) =>
    rewriteEach(model, dynamicQuantizeLstm, (node) => rewrite(node, dequantizer)),
};

function rewrite(node: Node, dequantizer: Dequantizer): void {
  const [x, w, r, b, lengths, h, c, p, wScale, wZero, rScale, rZero] = node.inputs;
  const inputs = [x, decoded(node, w, wScale, wZero), decoded(node, r, rScale, rZero), b, lengths, h, c, p];
  const stored = `${w && constantOf(w)?.dtype} ${constantOf(wScale!)?.shape.length === 2 ? 'per channel' : 'per tensor'}`;
  const outputs = [...node.outputs];
  const graph = node.graph!;
  while (inputs.at(-1) === undefined) inputs.pop();
  replaceNode(node, { opType: 'LSTM', domain: '', inputs });
  const lstm = outputs.find((value) => value)?.producer;
  if (lstm) dequantizer.note(lstm, stored);
  graph.sort();
}

function decoded(
  node: Node,
  codes: Value | undefined,
  scale: Value | undefined,
  zero: Value | undefined,
): Value {
  const [source, scales] = [codes && constantOf(codes), scale && constantOf(scale)];
  if (!codes || !source || !scales)
    throw cannotDequantize(node, 'its weights or their scales are no constants');
  const zeros = zero && constantOf(zero);
  return node.graph!.addInitializer(`${codes.name}_float`, transposed(codes.name, source, scales, zeros));
}

function transposed(
  name: string,
  codes: TensorSource,
  scale: TensorSource,
  zero: TensorSource | undefined,
): TensorSource {
  const [directions = 0, rows = 0, columns = 0] = codes.shape;
  const count = elementCount(scale.shape);
  if (codes.shape.length !== 3 || (count !== directions && count !== directions * columns))
    throw brokenQuantization(name, `${count} scales for codes [${codes.shape}]`, 'one a direction or column');
  if (zero && elementCount(zero.shape) !== count)
    throw brokenQuantization(name, `${elementCount(zero.shape)} zero points`, `${count}, as scales`);
  return computedTensor([directions, columns, rows], async () => {
    const code = await readNumbers(codes, name);
    const scales = await readNumbers(scale, name);
    const zeros = zero ? await readNumbers(zero, name) : () => 0;
    const result = new Float32Array(elementCount(codes.shape));
    let at = 0;
    for (let d = 0; d < directions; d++)
      for (let column = 0; column < columns; column++) {
        const parameter = count === directions ? d : d * columns + column;
        for (let row = 0; row < rows; row++)
          result[at++] = (code((d * rows + row) * columns + column) - zeros(parameter)) * scales(parameter);
      }
    return result;
  });
}
