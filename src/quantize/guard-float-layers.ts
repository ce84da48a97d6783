import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { opOf } from '../ops/index.ts';
import type { Target } from '../targets/target.ts';
import { dataInputs } from './data-inputs.ts';
import type { Plan } from './plan.ts';

/**
 * Keeps float nodes float. The engine computes in integers whatever looks as if it were meant so:
 *
 * 1. a layer of constant float weight between a DequantizeLinear and a QuantizeLinear: it quantizes the weight by itself,
 *    per tensor (research/quantization.md §11.1);
 * 2. an operator it has an integer kernel for, whose operands are all decoded and whose result is quantized (or may leave
 *    the kernel in float).
 *
 * Relu and Clip in front of the QuantizeLinear do not hinder it, as it merges them, nor do operators that move elements,
 * as it moves Q and DQ past them.
 *
 * A Max of one operand, which it neither looks through nor removes, between the decoded value and the node breaks both
 * patterns, and leaves the fusion of the layer with its activation alone. Returns the guarded nodes.
 */
export function guardFloatLayers(graph: Graph, plan: Plan, target: Target): Node[] {
  const guarded: Node[] = [];
  const guards = new Map<Value, Value>();
  for (const node of [...graph.nodes]) {
    const state = plan.nodes.get(node)?.state;
    if (state === 'quantized' || state === 'pass' || node.domain !== '') continue;
    if (!isQuantizedAsLayer(node, target) && !isFused(node, target)) continue;
    // Both cases have a decoded input 0.
    const data = node.inputs[0]!;
    const guard =
      guards.get(data) ?? graph.addNode({ opType: 'Max', inputs: [data], outputName: `${data.name}/guard` });
    guards.set(data, guard);
    node.setInput(0, guard);
    guarded.push(node);
  }
  graph.sort();
  return guarded;
}

/** Case 1. */
function isQuantizedAsLayer(node: Node, target: Target): boolean {
  if (!target.quantizesWeightsOf.includes(node.opType)) return false;
  return isDecoded(node.inputs[0], target) && leadsToQuantize(node, target);
}

/** Case 2. */
function isFused(node: Node, target: Target): boolean {
  const kernel = target.kernels[node.opType];
  if (!kernel && !target.fusesBesides.includes(node.opType)) return false;
  // Whether a layer's bias is decoded does not matter.
  const operands = opOf(node)?.role?.kind === 'weighted' ? node.inputs.slice(0, 2) : dataInputs(node);
  if (!operands.every((value) => isDecoded(value, target))) return false;
  return kernel?.floatOutput === true || leadsToQuantize(node, target);
}

/** Whether the one way from the node's output leads to a QuantizeLinear, over clamps and movers at most. */
function leadsToQuantize(node: Node, { movers }: Target): boolean {
  let reader: Node | undefined = node;
  do {
    const uses: Node[] = reader.output.uses.map((use) => use.node);
    reader = uses.length === 1 ? uses[0] : undefined;
  } while (reader && (Object.hasOwn(movers, reader.opType) || opOf(reader)?.role?.kind === 'clamp'));
  return reader?.opType === 'QuantizeLinear';
}

function isDecoded(value: Value | undefined, { movers }: Target): boolean {
  let producer = value?.producer;
  while (producer && Object.hasOwn(movers, producer.opType)) producer = producer.inputs[0]?.producer;
  return producer?.opType === 'DequantizeLinear';
}
