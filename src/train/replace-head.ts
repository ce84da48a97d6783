import { Rng } from '../base/rng.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { Dimension } from '../onnx/ir/type.ts';
import type { Value } from '../onnx/ir/value.ts';
import { elementCount } from '../tensor/element-count.ts';
import { headNotFound, outputNotFound } from './errors.ts';

/** Operators that may stand between the last layer and the output; they keep the number of classes. */
const passedOver: ReadonlySet<string> = new Set([
  'Softmax',
  'LogSoftmax',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Identity',
  'Add',
]);

/** Axis of the classes in a layer's weights. */
const classAxes: Readonly<Record<string, (node: Node) => number>> = {
  Gemm: (node) => (node.int('transB') === 1 ? 0 : 1),
  MatMul: () => 1,
  Conv: () => 0,
};

/**
 * Gives the last layer another number of classes, with weights drawn anew (uniform within ±1/√inputs) and biases of 0. Does
 * nothing where it has that many. Returns whether it did.
 * @throws PareError `head-not-found` where no dense layer or 1 × 1 convolution ends the model
 */
export async function replaceHead(
  model: Model,
  classes: number,
  { output, seed }: { output?: string | undefined; seed: number },
): Promise<boolean> {
  const { graph } = model;
  const value = output === undefined ? graph.outputs[0] : graph.outputs.find(({ name }) => name === output);
  if (!value)
    throw outputNotFound(
      output ?? '',
      graph.outputs.map(({ name }) => name),
    );
  const { layer, behind } = lastLayer(value);
  const axis = classAxes[layer.opType](layer);
  const { shape } = layer.inputs[1]!.initializer!;
  const before = shape[axis];
  if (before === classes) return false;
  const rng = new Rng(seed);
  const bound = 1 / Math.sqrt(elementCount(shape) / before);
  const wanted = shape.map((n, i) => (i === axis ? classes : n));
  replaceConstant(layer, 1, wanted, () => bound * (2 * rng.uniform() - 1));
  if (layer.inputs[2]) replaceConstant(layer, 2, biasShape(layer.inputs[2], before, classes), () => 0);
  for (const node of behind) await adapt(node, before, classes);
  for (const node of [layer, ...behind])
    for (const made of node.outputs) if (made) restate(made, before, classes);
  return true;
}

function lastLayer(output: Value): { layer: Node; behind: Node[] } {
  const behind: Node[] = [];
  for (let node = output.producer; node; ) {
    if (Object.hasOwn(classAxes, node.opType) && node.inputs[1]?.initializer?.dtype === 'float')
      return { layer: node, behind };
    if (!passedOver.has(node.opType)) break;
    behind.unshift(node);
    node = node.inputs.find((value) => value && !value.initializer)?.producer;
  }
  throw headNotFound(output.name);
}

function biasShape(bias: Value, before: number, classes: number): number[] {
  return bias.initializer!.shape.map((n) => (n === before ? classes : n));
}

/** Only this reader gets the new constant: others may share the old one. */
function replaceConstant(node: Node, index: number, shape: readonly number[], draw: () => number): void {
  const old = node.inputs[index]!;
  const data = Float32Array.from({ length: elementCount(shape) }, draw);
  const source = tensorSourceOfTensor({ dtype: 'float', shape, data });
  if (!old.hasOneUse) {
    node.setInput(index, node.graph!.addInitializer(old.name, source));
    return;
  }
  old.initializer = source;
  old.type = { kind: 'tensor', dtype: 'float', shape };
}

/** Biases that are added, and lengths that are spelled out. */
async function adapt(node: Node, before: number, classes: number): Promise<void> {
  const index = node.inputs.findIndex((value) => value?.initializer);
  const constant = node.inputs[index];
  if (node.opType === 'Add' && constant)
    replaceConstant(node, index, biasShape(constant, before, classes), () => 0);
  if (node.opType !== 'Reshape' || !constant?.initializer) return;
  const { shape, data } = await readTensorSource(constant.initializer);
  const lengths = BigInt64Array.from(data as BigInt64Array, (n) =>
    n === BigInt(before) ? BigInt(classes) : n,
  );
  const source = tensorSourceOfTensor({ dtype: 'int64', shape, data: lengths });
  node.setInput(index, node.graph!.addInitializer(constant.name, source));
}

function restate(value: Value, before: number, classes: number): void {
  if (value.type?.kind !== 'tensor' || !value.type.shape) return;
  const shape: Dimension[] = value.type.shape.map((n) => (n === before ? classes : n));
  value.type = { ...value.type, shape };
}
