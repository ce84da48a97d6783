import { constantOf } from '../../../onnx/constant-of.ts';
import { Node } from '../../../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../../../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../../../onnx/ir/value.ts';
import { cannotDequantize } from '../errors.ts';
import type { Form } from '../form.ts';
import { numbersOf } from '../grid-parameters.ts';
import { dequantize } from '../lower.ts';
import { rewriteEach } from '../nodes-of.ts';

/** Float operator by integer one, and the axis of a weight that may have a scale an index. */
const products: Readonly<Record<string, { opType: string; axis: number }>> = {
  MatMulInteger: { opType: 'MatMul', axis: -1 },
  ConvInteger: { opType: 'Conv', axis: 0 },
};

/**
 * Products of codes whose int32 sums are cast to float and multiplied with the scales of both operands, as dynamic
 * quantization writes them.
 */
export const integerProduct: Form = {
  name: 'integer-product',
  summary: 'MatMulInteger and ConvInteger with Cast and Mul behind them',
  stage: 'lower',
  operators: [':MatMulInteger', ':ConvInteger'],
  rewrite: (model) => rewriteEach(model, integerProduct, lower),
};

async function lower(node: Node): Promise<void> {
  const { opType, axis } = products[node.opType];
  const [a, b, aZero, bZero] = node.inputs;
  if (!a || !b) throw cannotDequantize(node, 'it lacks an operand');
  const [aScale, bScale] = [scaleOfCodes(a), scaleOfCodes(b)];
  const { last, factors } = scaledSums(node, aScale, bScale);
  const constants = factors.filter((value) => value !== aScale && value !== bScale);
  const isForeign = constants.some((value) => !constantOf(value)) || (bScale && constants.length > 0);
  if (isForeign)
    throw cannotDequantize(node, 'its sums are multiplied with something that is no scale of its operands');
  const graph = node.graph!;
  const scales = await productOf(constants);
  const inputs = [
    dequantize(graph, a, aScale ?? constant(node, [1]), aZero),
    bScale
      ? dequantize(graph, b, bScale, bZero)
      : await decodedWeight(node, { codes: b, scales, zero: bZero, axis }),
  ];
  const { output } = last;
  graph.remove(last);
  const attributes = [...node.attributes];
  graph.add(new Node({ opType, name: node.name, inputs, outputs: [output], attributes }));
}

interface Weight {
  readonly codes: Value;
  /** One, or one a channel. */
  readonly scales: readonly number[];
  readonly zero: Value | undefined;
  readonly axis: number;
}

async function decodedWeight(node: Node, { codes, scales, zero, axis }: Weight): Promise<Value> {
  const graph = node.graph!;
  const source = zero && constantOf(zero);
  if (zero && !source)
    throw cannotDequantize(node, 'the zero point of its weight is computed when the model runs');
  const zeros = source ? await numbersOf(source) : [];
  const count = Math.max(scales.length, zeros.length);
  const scale = constant(
    node,
    Array.from({ length: count }, (_, i) => scales[i % scales.length]),
  );
  if (!source || zeros.length === count) return dequantize(graph, codes, scale, zero, axis);
  // One zero point for all, one scale a channel: DequantizeLinear wants as many of both.
  const bytes = new Uint8Array(count).fill(zeros[0] & 255);
  const many = { dtype: source.dtype, shape: [count], byteLength: count, read: async () => bytes };
  return dequantize(graph, codes, scale, graph.addInitializer(`${codes.name}_zeros`, many), axis);
}

/** The scale of codes that are made when the model runs. */
function scaleOfCodes({ producer }: Value): Value | undefined {
  if (producer?.opType === 'DynamicQuantizeLinear') return producer.outputs[1];
  return producer?.opType === 'QuantizeLinear' ? producer.inputs[1] : undefined;
}

/** Follows the sums through Cast and the products with scales until those of both operands have been met. */
function scaledSums(
  node: Node,
  aScale: Value | undefined,
  bScale: Value | undefined,
): { last: Node; factors: Value[] } {
  const cast = onlyReader(node.output);
  if (cast?.opType !== 'Cast') throw cannotDequantize(node, 'its sums are not cast to float at once');
  const factors: Value[] = [];
  const isComplete = () =>
    (!aScale || factors.includes(aScale)) &&
    (bScale ? factors.includes(bScale) : factors.some((value) => constantOf(value) && value !== aScale));
  let last = cast;
  while (!isComplete()) {
    const next = onlyReader(last.output);
    const other = next?.opType === 'Mul' ? next.inputs.find((value) => value !== last.output) : undefined;
    const found = other && scalesIn(other, [aScale, bScale]);
    if (!next || !found) break;
    factors.push(...found);
    last = next;
  }
  if (aScale && !factors.includes(aScale))
    throw cannotDequantize(node, 'its sums are not multiplied with the scale of its data');
  return { last, factors };
}

/** The factors a product of scales is made of; undefined where something else takes part. */
function scalesIn(value: Value, dynamic: readonly (Value | undefined)[]): Value[] | undefined {
  if (dynamic.includes(value)) return [value];
  const source = constantOf(value);
  if (source) return isScale(source.shape) ? [value] : undefined;
  const { producer } = value;
  if (producer?.opType !== 'Mul') return undefined;
  const parts = producer.inputs.map((input) => input && scalesIn(input, dynamic));
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

/** One number, or one a channel: all other axes have length 1. */
function isScale(shape: readonly number[]): boolean {
  return shape.filter((n) => n !== 1).length <= 1;
}

function onlyReader(value: Value): Node | undefined {
  const { uses } = value;
  const isHandedOut = uses.length === 1 && uses[0].node.graph?.outputs.includes(value);
  return uses.length === 1 && !isHandedOut ? uses[0].node : undefined;
}

async function productOf(values: readonly Value[]): Promise<number[]> {
  let product = [1];
  for (const value of values) {
    const source = constantOf(value);
    const numbers = source ? await numbersOf(source) : [1];
    const length = Math.max(product.length, numbers.length);
    const before = product;
    product = Array.from({ length }, (_, i) =>
      Math.fround(before[i % before.length] * numbers[i % numbers.length]),
    );
  }
  return product;
}

function constant(node: Node, numbers: readonly number[]): Value {
  const shape = numbers.length === 1 ? [] : [numbers.length];
  const tensor = { dtype: 'float', shape, data: Float32Array.from(numbers) } as const;
  return node.graph!.addInitializer(`${node.output.name}_scale`, tensorSourceOfTensor(tensor));
}
