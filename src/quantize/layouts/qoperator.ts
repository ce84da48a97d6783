import type { Graph } from '../../onnx/ir/graph.ts';
import { Node } from '../../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { opOf } from '../../ops/index.ts';
import type { CodedOperand, CodedOperands, CodesForm } from '../../ops/op.ts';
import { codesArray } from '../codes-array.ts';
import { dataIndices } from '../data-inputs.ts';
import type { Layout } from '../layout.ts';

const BITS_8 = ['int8', 'uint8'];

/**
 * Operators on codes (QLinearConv, QLinearMatMul and those of the domain com.microsoft), the ones ONNX Runtime itself makes
 * of the QDQ layout: the same results, and Q and DQ only where codes meet floats. A node without such an operator keeps
 * its Q/DQ.
 */
export const qoperator: Layout = {
  name: 'qoperator',
  summary: "ONNX Runtime's operators on codes: QLinearConv, QLinearMatMul, QGemm …",
  refuses: ({ name, dtype }) =>
    BITS_8.includes(dtype) ? undefined : `there are no such operators for ${name}: use --layout qdq`,
  rewrite(model, plan) {
    const { graph } = model;
    for (const [node, { state }] of plan.nodes) {
      const form = state === 'quantized' ? codesFormOf(node) : undefined;
      if (form && form.domain !== '') model.opsetImports.set(form.domain, 1);
      if (form) rewriteNode(graph, node, form);
    }
    graph.sort();
  },
};

/** Undefined also where an operand turns out not to be codes. */
function codesFormOf(node: Node): CodesForm | undefined {
  const areCodes = codedIndices(node).every((index) => isDecoded(node.inputs[index]));
  return areCodes ? opOf(node)?.onCodes?.(encoderOf(node) === undefined) : undefined;
}

function rewriteNode(graph: Graph, node: Node, form: CodesForm): void {
  const encoder = encoderOf(node);
  const operands: CodedOperands = {
    coded: codedIndices(node).map((index) => operandOf(graph, node.inputs[index]!)),
    bias: node.inputs[biasIndex(node)]?.producer?.inputs[0],
    plain: (index) => node.inputs[index],
    // An encoder is always written with its zero point.
    result: encoder && { scale: encoder.inputs[1]!, zeroPoint: encoder.inputs[2]! },
  };
  const { name, attributes } = node;
  const made = encoder ?? node;
  const { output } = made;
  const inputs = trimmed(form.inputs(operands));
  const rewritten = new Node({
    opType: form.type,
    domain: form.domain,
    name,
    inputs,
    outputs: [],
    attributes,
  });
  for (const key of form.drops ?? []) rewritten.attributes.delete(key);
  for (const [key, value] of node.metadata) rewritten.metadata.set(key, value);
  if (encoder) graph.remove(encoder);
  graph.remove(node);
  rewritten.setOutputs([output]);
  graph.add(rewritten);
}

/** Data, and the weight of a layer. */
function codedIndices(node: Node): number[] {
  const role = opOf(node)?.role;
  const data = dataIndices(node);
  return role?.kind === 'weighted' ? [...new Set([...data, role.weight])] : data;
}

function biasIndex(node: Node): number {
  const role = opOf(node)?.role;
  return role?.kind === 'weighted' && role.bias !== undefined ? role.bias : -1;
}

/** The QuantizeLinear that alone reads what the node makes. */
function encoderOf(node: Node): Node | undefined {
  const { uses } = node.output;
  const isOutput = node.graph?.outputs.includes(node.output);
  return uses.length === 1 && !isOutput && uses[0].node.opType === 'QuantizeLinear'
    ? uses[0].node
    : undefined;
}

function isDecoded(value: Value | undefined): boolean {
  return value?.producer?.opType === 'DequantizeLinear';
}

function operandOf(graph: Graph, decoded: Value): CodedOperand {
  const [codes, scale, zeroPoint] = decoded.producer!.inputs;
  return { codes: codes!, scale: scale!, zeroPoint: zeroPoint ?? zeroFor(graph, codes!, scale!) };
}

/** The operators want a zero point where DequantizeLinear takes its absence for 0: int8 or uint8, one a scale. */
function zeroFor(graph: Graph, codes: Value, scale: Value): Value {
  // Only constants are decoded without a zero point.
  const { dtype } = codes.initializer!;
  const { shape } = scale.initializer!;
  const data = codesArray(dtype, shape[0] ?? 1);
  return graph.addInitializer(
    `${codes.name.replace(/q$/, '')}zero`,
    tensorSourceOfTensor({ dtype, shape, data }),
  );
}

/** Without absent inputs at the end. */
function trimmed(inputs: readonly (Value | undefined)[]): readonly (Value | undefined)[] {
  const last = inputs.findLastIndex((value) => value !== undefined);
  return inputs.slice(0, last + 1);
}
