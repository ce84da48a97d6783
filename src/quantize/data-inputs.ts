import { constantOf } from '../onnx/constant-of.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { opOf } from '../ops/index.ts';

/** Indices of the inputs that carry activations into a node, as far as they are given. */
export function dataIndices(node: Node): number[] {
  return indicesByRole(node).filter((index) => node.inputs[index] !== undefined);
}

/** Values that carry activations into a node. */
export function dataInputs(node: Node): Value[] {
  return dataIndices(node).map((index) => node.inputs[index]!);
}

function indicesByRole(node: Node): readonly number[] {
  const role = opOf(node)?.role;
  if (role?.kind === 'computed') return role.operands ?? node.inputs.map((_, index) => index);
  return isProductOfData(node) ? [0, 1] : [0];
}

/** A product of which neither factor is a constant weight. */
export function isProductOfData(node: Node): boolean {
  const role = opOf(node)?.role;
  if (role?.kind !== 'weighted' || !role.takesData) return false;
  const weight = node.inputs[role.weight];
  // A weight that is quantized already comes out of a DequantizeLinear of a constant.
  return weight !== undefined && !constantOf(weight) && !isDecodedConstant(weight);
}

function isDecodedConstant({ producer }: Value): boolean {
  return producer?.opType === 'DequantizeLinear' && producer.inputs[0]?.initializer !== undefined;
}
