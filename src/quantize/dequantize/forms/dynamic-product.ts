import { constantOf } from '../../../onnx/constant-of.ts';
import type { Node } from '../../../onnx/ir/node.ts';
import type { Value } from '../../../onnx/ir/value.ts';
import { cannotDequantize } from '../errors.ts';
import type { Form } from '../form.ts';
import { decodedInput, withBias } from '../lower.ts';
import { rewriteEach } from '../nodes-of.ts';

const products: Readonly<Record<string, (node: Node) => { a: Value; b: Value; bias: Value | undefined }>> = {
  // A, B, B's scale and zero point, bias.
  DynamicQuantizeMatMul: (node) => ({
    a: node.inputs[0]!,
    b: decodedInput(node, 1, { axis: -1 }),
    bias: node.inputs[4],
  }),
  // A, B, A's scale, B's scale, A's zero point, B's zero point, bias.
  MatMulIntegerToFloat: (node) => ({
    a: decodedInput(node, 0, { scale: 2, zeroPoint: 4 }),
    b: decodedInput(node, 1, { scale: 3, zeroPoint: 5, axis: -1 }),
    bias: node.inputs[6],
  }),
};

/** What ONNX Runtime fuses dynamically quantized products to. */
export const dynamicProduct: Form = {
  name: 'dynamic-product',
  summary: 'DynamicQuantizeMatMul and MatMulIntegerToFloat',
  stage: 'lower',
  operators: Object.keys(products).map((type) => `com.microsoft:${type}`),
  rewrite: (model) =>
    rewriteEach(model, dynamicProduct, (node) => {
      if (!node.inputs[0] || !node.inputs[1]) throw cannotDequantize(node, 'it lacks an operand');
      const { a, b, bias } = products[node.opType](node);
      const rank = constantOf(node.inputs[1])?.shape.length;
      if (rank === undefined && node.inputs[1].producer === undefined)
        throw cannotDequantize(node, 'its weight is an input of the model');
      withBias(node, { opType: 'MatMul', domain: '', inputs: [a, b] }, bias);
    }),
};
