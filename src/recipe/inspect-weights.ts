import type { DataType } from '../base/tensor.ts';
import { constantOf } from '../onnx/constant-of.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';
import type { TypeMap } from '../ops/infer-types.ts';
import { codedLeaves, storedAtRest } from '../quantize/dequantize/constant-chain.ts';
import { decodedTensor } from '../quantize/dequantize/decoded-tensor.ts';
import { isQuantizedOperator } from '../quantize/dequantize/is-quantized-operator.ts';
import { storedAs } from '../quantize/dequantize/stored-as.ts';
import { elementCount } from '../tensor/element-count.ts';

/** One constant a node computes with. */
export interface NodeWeight {
  /** Of the tensor in the file. */
  readonly name: string;
  readonly elements: number;
  /** Of everything it is made of: codes, scales, zero points. */
  readonly bytes: number;
  /** As element type, or how it is coded: `int8 per channel`, `uint4 block 32`, `int4 at rest, per tensor`. */
  readonly format: string;
  readonly isCoded: boolean;
  /** Its numbers, where they can be told without running the model. */
  readonly numbers: TensorSource | undefined;
}

/** Integers of these types are shapes, axes and indices. */
const notWeights: ReadonlySet<DataType> = new Set<DataType>(['int64', 'bool', 'string', 'int32']);

/** The constants of a node that are numbers it has learned; shapes, axes, scales and zero points are none. */
export function weightsOf(node: Node, types: TypeMap): NodeWeight[] {
  if (isCoder(node)) return [];
  if (isQuantizedOperator(node)) return codedConstants(node);
  return node.inputs.flatMap((value) => (value && weightOf(value, types)) ?? []);
}

/** Part of what decodes a weight at rest, and so of the layer that reads it. */
export function isDecoder(node: Node): boolean {
  const [output] = node.outputs;
  return output !== undefined && codedLeaves(output).length > 0;
}

/** Q/DQ: what it codes belongs to the nodes that read it. */
export function isCoder({ opType }: Node): boolean {
  return /^(Dynamic)?(Q|Deq)uantizeLinear$/.test(opType);
}

function weightOf(value: Value, types: TypeMap): NodeWeight | undefined {
  const source = constantOf(value);
  if (source) {
    const { dtype, byteLength, shape } = source;
    const elements = elementCount(shape);
    // Single numbers are bounds, exponents, guards against division by 0.
    if (notWeights.has(dtype) || elements < 2) return undefined;
    return {
      name: value.name,
      elements,
      bytes: byteLength,
      format: dtype,
      isCoded: /int/.test(dtype),
      numbers: source,
    };
  }
  const { producer } = value;
  if (!producer) return undefined;
  return producer.opType === 'DequantizeLinear' ? decodedBy(producer) : atRest(value, types);
}

function decodedBy(node: Node): NodeWeight | undefined {
  const [codes, scale, zeroPoint] = node.inputs.map((value) => value && constantOf(value));
  if (!codes || !scale) return undefined;
  const bytes = [codes, scale, zeroPoint].reduce((sum, part) => sum + (part?.byteLength ?? 0), 0);
  const [axis, blockSize] = [node.int('axis') ?? 1, node.int('block_size') ?? 0];
  const { name } = node.inputs[0]!;
  return {
    name,
    elements: elementCount(codes.shape),
    bytes,
    format: storedAs(node) ?? codes.dtype,
    isCoded: true,
    numbers: decodedTensor({ name, codes, scale, zeroPoint, axis, blockSize }),
  };
}

function atRest(value: Value, types: TypeMap): NodeWeight | undefined {
  const leaves = codedLeaves(value);
  if (leaves.length === 0) return undefined;
  const bytes = leaves.reduce((sum, leaf) => sum + leaf.byteLength, 0);
  // Codes may lie packed: what they decode to tells how many there are, where its shape is known.
  const shape = types.get(value)?.shape?.filter((n) => typeof n === 'number');
  const isKnown = shape && shape.length === types.get(value)?.shape?.length;
  const stored = leaves.reduce((most, leaf) => Math.max(most, elementCount(leaf.shape)), 0);
  const elements = isKnown ? elementCount(shape) : stored;
  return {
    name: value.name,
    elements,
    bytes,
    format: storedAtRest(value),
    isCoded: true,
    numbers: undefined,
  };
}

/** Of an operator on codes: matrices and kernels of codes, and int32 biases. */
function codedConstants(node: Node): NodeWeight[] {
  const constants = node.inputs.flatMap((value) => {
    const source = value && constantOf(value);
    return source ? [{ name: value.name, ...source }] : [];
  });
  if (node.int('block_size') !== undefined) return blockedWeight(node, constants);
  const isPerChannel = constants.some(({ dtype, shape }) => dtype === 'float' && elementCount(shape) > 1);
  return constants.flatMap(({ name, dtype, shape, byteLength }): NodeWeight[] => {
    const isWeight = dtype === 'int32' || (dtype !== 'float' && shape.length > 1);
    const format = `${dtype} ${isPerChannel ? 'per channel' : 'per tensor'}`;
    const size = { elements: elementCount(shape), bytes: byteLength };
    return isWeight ? [{ name, ...size, format, isCoded: true, numbers: undefined }] : [];
  });
}

/** Of an operator on blocks of codes, which lie packed in its first constant; scales and zero points follow. */
function blockedWeight(node: Node, constants: readonly (TensorSource & { name: string })[]): NodeWeight[] {
  const [codes] = constants;
  if (!codes) return [];
  const bits = node.int('bits') ?? 4;
  const packed = codes.dtype === 'uint8' ? codes.byteLength * (8 / bits) : elementCount(codes.shape);
  const elements = (node.int('K') ?? 0) * (node.int('N') ?? 0) || packed;
  const bytes = constants.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const format = `${bits}-bit block ${node.int('block_size')}`;
  return [{ name: codes.name, elements, bytes, format, isCoded: true, numbers: undefined }];
}
