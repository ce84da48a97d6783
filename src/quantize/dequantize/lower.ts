import { constantOf } from '../../onnx/constant-of.ts';
import type { Attribute } from '../../onnx/ir/attribute.ts';
import type { Graph } from '../../onnx/ir/graph.ts';
import { Node } from '../../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import { cannotDequantize } from './errors.ts';
import { numbersOf } from './grid-parameters.ts';

/** The codes at input `index` of a node as DequantizeLinear gives them; scale and zero point are at the inputs named. */
export function decodedInput(
  node: Node,
  index: number,
  {
    scale = index + 1,
    zeroPoint = index + 2,
    axis,
  }: { scale?: number; zeroPoint?: number; axis?: number } = {},
): Value {
  const [codes, s, z] = [index, scale, zeroPoint].map((i) => node.inputs[i]);
  if (!codes || !s) throw cannotDequantize(node, `it lacks its input ${codes ? scale : index}`);
  return dequantize(node.graph!, codes, s, z, axis);
}

/** Adds a DequantizeLinear. @param axis default: one scale for all, or 1 */
export function dequantize(graph: Graph, codes: Value, scale: Value, zeroPoint?: Value, axis = 1): Value {
  const inputs = zeroPoint ? [codes, scale, zeroPoint] : [codes, scale];
  const output = graph.addNode({ opType: 'DequantizeLinear', inputs, outputName: `${codes.name}_dq` });
  output.producer?.setInt('axis', axis);
  return output;
}

export interface FloatNode {
  readonly opType: string;
  readonly domain?: string;
  readonly inputs: readonly (Value | undefined)[];
  /** Default: those of the node it replaces. */
  readonly attributes?: Iterable<readonly [string, Attribute]>;
}

/** Puts a float node in the place of one on codes; its output is quantized where a scale is given. */
export function replaceNode(node: Node, float: FloatNode, scale?: Value, zeroPoint?: Value): Value {
  const graph = node.graph!;
  const { name, outputs, output } = node;
  const fields = { attributes: [...node.attributes], ...float, name };
  graph.remove(node);
  if (!scale) {
    graph.add(new Node({ ...fields, outputs }));
    return output;
  }
  const real = graph.addNode({ ...fields, outputName: `${output.name}_float` });
  const inputs = zeroPoint ? [real, scale, zeroPoint] : [real, scale];
  graph.add(new Node({ opType: 'QuantizeLinear', inputs, outputs: [output] }));
  return real;
}

/** Adds what is behind a product: `node` without it, plus the bias. */
export function withBias(node: Node, float: FloatNode, bias: Value | undefined): void {
  if (!bias) {
    replaceNode(node, float);
    return;
  }
  const graph = node.graph!;
  const { output } = node;
  const product = graph.freshName(`${output.name}_product`);
  node.setOutputs([]);
  const value = graph.addNode({ ...float, name: node.name, outputName: product });
  graph.remove(node);
  graph.add(new Node({ opType: 'Add', inputs: [value, bias], outputs: [output] }));
}

/**
 * A constant of the product of two scales, times a factor, in float32: that of int32 sums of codes. One of both may hold
 * many. Throws `cannot-dequantize` where they are computed when the model runs.
 */
export async function productOfScales(
  node: Node,
  a: Value | undefined,
  b: Value | undefined,
  factor = 1,
): Promise<Value> {
  const [left, right] = [a && constantOf(a), b && constantOf(b)];
  if (!left || !right) throw cannotDequantize(node, 'the scale of its bias is computed when the model runs');
  const [x, y] = [await numbersOf(left), await numbersOf(right)];
  const length = Math.max(x.length, y.length);
  const data = Float32Array.from({ length }, (_, i) => x[i % x.length] * y[i % y.length] * factor);
  const shape = length === 1 ? [] : [length];
  return node.graph!.addInitializer(
    `${a?.name}_product`,
    tensorSourceOfTensor({ dtype: 'float', shape, data }),
  );
}

/** Elements of a constant; 0 for a value that is none. */
export function constantLength(value: Value | undefined): number {
  const source = value && constantOf(value);
  return source ? elementCount(source.shape) : 0;
}

/** Attributes without those named. */
export function attributesBut(node: Node, ...names: readonly string[]): [string, Attribute][] {
  return [...node.attributes].filter(([name]) => !names.includes(name));
}
