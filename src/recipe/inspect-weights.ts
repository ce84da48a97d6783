import type { DataType } from '../base/tensor.ts';
import { constantOf } from '../onnx/constant-of.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import type { Value } from '../onnx/ir/value.ts';
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
export function weightsOf(node: Node): NodeWeight[] {
  if (isCoder(node)) return [];
  if (isQuantizedOperator(node)) return codedConstants(node);
  return node.inputs.flatMap((value) => (value && weightOf(value)) ?? []);
}

/** Q/DQ: what it codes belongs to the nodes that read it. */
export function isCoder({ opType }: Node): boolean {
  return opType === 'QuantizeLinear' || opType === 'DequantizeLinear';
}

function weightOf(value: Value): NodeWeight | undefined {
  const source = constantOf(value);
  if (source) {
    if (notWeights.has(source.dtype)) return undefined;
    const { dtype, byteLength, shape } = source;
    const elements = elementCount(shape);
    return { name: value.name, elements, bytes: byteLength, format: dtype, isCoded: false, numbers: source };
  }
  const { producer } = value;
  if (!producer) return undefined;
  return producer.opType === 'DequantizeLinear' ? decodedBy(producer) : atRest(value);
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

function atRest(value: Value): NodeWeight | undefined {
  const leaves = codedLeaves(value);
  if (leaves.length === 0) return undefined;
  const bytes = leaves.reduce((sum, leaf) => sum + leaf.byteLength, 0);
  const elements = leaves.reduce((most, leaf) => Math.max(most, elementCount(leaf.shape)), 0);
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
  const isPerChannel = constants.some(({ dtype, shape }) => dtype === 'float' && elementCount(shape) > 1);
  const [bits, block] = [node.int('bits'), node.int('block_size')];
  return constants.flatMap(({ name, dtype, shape, byteLength }): NodeWeight[] => {
    const isBias = dtype === 'int32';
    if (dtype === 'float' || (shape.length < 2 && !isBias && block === undefined)) return [];
    const width = bits ?? (block === undefined ? undefined : 4);
    const elements =
      width !== undefined && dtype === 'uint8' ? byteLength * (8 / width) : elementCount(shape);
    const grouping = block === undefined ? (isPerChannel ? 'per channel' : 'per tensor') : `block ${block}`;
    const type = width === undefined ? dtype : `${width}-bit`;
    return [
      { name, elements, bytes: byteLength, format: `${type} ${grouping}`, isCoded: true, numbers: undefined },
    ];
  });
}
