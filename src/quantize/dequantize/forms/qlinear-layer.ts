import { constantOf } from '../../../onnx/constant-of.ts';
import type { Node } from '../../../onnx/ir/node.ts';
import type { Value } from '../../../onnx/ir/value.ts';
import { cannotDequantize } from '../errors.ts';
import type { Form } from '../form.ts';
import {
  attributesBut,
  constantLength,
  decodedInput,
  dequantize,
  productOfScales,
  replaceNode,
} from '../lower.ts';
import { rewriteEach } from '../nodes-of.ts';

const layers: Readonly<Record<string, (node: Node) => Promise<void>>> = {
  ':QLinearConv': lowerConv,
  'com.microsoft:QLinearConv': lowerConv,
  ':QLinearMatMul': lowerMatMul,
  'com.microsoft:QGemm': lowerGemm,
};

/** Inputs x, its scale and zero point, w, its scale and zero point, then bias and the output's scale and zero point. */
export const qlinearLayer: Form = {
  name: 'qlinear-layer',
  summary: 'QLinearConv, QLinearMatMul, QGemm',
  stage: 'lower',
  operators: Object.keys(layers),
  rewrite: (model) =>
    rewriteEach(model, qlinearLayer, (node) => layers[`${node.domain}:${node.opType}`](node)),
};

async function lowerConv(node: Node): Promise<void> {
  if (node.int('channels_last')) throw cannotDequantize(node, 'its channels come last, which Conv cannot do');
  const inputs: Value[] = [decodedInput(node, 0), decodedInput(node, 3, { axis: 0 })];
  const bias = node.inputs[8];
  if (bias) inputs.push(await decodedBias(node, bias, node.inputs[4]));
  const attributes = attributesBut(node, 'channels_last');
  replaceNode(node, { opType: 'Conv', domain: '', inputs, attributes }, node.inputs[6], node.inputs[7]);
}

async function lowerMatMul(node: Node): Promise<void> {
  if (constantLength(node.inputs[1]) > 1) throw cannotDequantize(node, 'its data have several scales');
  const inputs = [decodedInput(node, 0), decodedInput(node, 3, { axis: -1 })];
  replaceNode(node, { opType: 'MatMul', domain: '', inputs }, node.inputs[6], node.inputs[7]);
}

async function lowerGemm(node: Node): Promise<void> {
  const axis = node.int('transB') === 1 ? 0 : 1;
  const inputs: Value[] = [decodedInput(node, 0), decodedInput(node, 3, { axis })];
  const c = node.inputs[6];
  if (c) inputs.push(await decodedBias(node, c, node.inputs[4], node.float('alpha') ?? 1));
  replaceNode(node, { opType: 'Gemm', domain: '', inputs }, node.inputs[7], node.inputs[8]);
}

/** Of int32 codes on the grid of the layer's sums. */
async function decodedBias(
  node: Node,
  bias: Value,
  weightScale: Value | undefined,
  factor = 1,
): Promise<Value> {
  const scale = await productOfScales(node, node.inputs[1], weightScale, factor);
  const rank = constantOf(bias)?.shape.length ?? 1;
  return dequantize(node.graph!, bias, scale, undefined, Math.max(rank - 1, 0));
}
