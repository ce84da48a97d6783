import { constantOf } from '../../../onnx/constant-of.ts';
import { Node } from '../../../onnx/ir/node.ts';
import type { Value } from '../../../onnx/ir/value.ts';
import { elementCount } from '../../../tensor/element-count.ts';
import type { Emitter } from '../emitter.ts';
import type { Form } from '../form.ts';
import { MAX_DEPTH } from '../max-depth.ts';
import { sampleShape } from '../sample-shape.ts';

/**
 * LSTM as com.microsoft.DynamicQuantizeLSTM, which quantizes data and state step by step. W [D, 4·H, I] and R
 * [D, 4·H, H] are stored as [D, I, 4·H] and [D, H, 4·H], with a scale each gate of each unit, or each direction.
 */
export const recurrence: Form = {
  opset: 7,
  weights: [1, 2],
  reasonAgainst(node) {
    const [w, r] = [1, 2].map((input) => shapeOf(node, input));
    if (w.length !== 3 || r.length !== 3 || w[0] !== r[0] || w[1] !== r[1] || w[1] !== 4 * r[2])
      return 'its weights do not have the shapes of an LSTM';
    if (node.int('layout')) return 'batches come first in it';
    return Math.max(w[2], r[2]) > MAX_DEPTH ? 'its sums would not fit 32 bits' : undefined;
  },
  macs(node, { types }) {
    const batch = sampleShape(node.inputs[0], types)?.[1] ?? 1;
    const directions = shapeOf(node, 1)[0];
    return (batch * (elementCount(shapeOf(node, 1)) + elementCount(shapeOf(node, 2)))) / directions;
  },
  async emit(node, emitter) {
    const { graph } = node;
    const [data, w, r, bias, lengths, hidden, cell, peepholes] = node.inputs;
    // Planned nodes belong to a graph and have constant weights.
    if (!graph || !w || !r) throw new Error(`"${node.name}" is no planned LSTM`);
    const input = await gates(w, emitter);
    const state = await gates(r, emitter);
    const inputs = [data, input.codes, state.codes, bias, lengths, hidden, cell, peepholes];
    const attributes = [...node.attributes].filter(([name]) => name !== 'layout');
    const { name, outputs } = node;
    graph.remove(node);
    const integer = new Node({
      opType: 'DynamicQuantizeLSTM',
      domain: 'com.microsoft',
      name,
      inputs: [...inputs, input.scales, input.zeros, state.scales, state.zeros],
      outputs,
      attributes,
    });
    graph.add(integer.setInt('hidden_size', shapeOfCodes(state.codes)[1]));
    return [input.coded, state.coded];
  },
};

async function gates(weight: Value, emitter: Emitter) {
  const isPerGate = emitter.granularity === 'channel';
  const { coded, codes } = await emitter.codes(weight, isPerGate ? [0, 1] : [0], true);
  const shape = coded.source.shape.slice(0, isPerGate ? 2 : 1);
  const scales = emitter.scales(weight, coded, shape);
  return { coded, codes, scales, zeros: emitter.zeros(shape) };
}

function shapeOf(node: Node, input: number): readonly number[] {
  const value = node.inputs[input];
  return (value && constantOf(value)?.shape) ?? [];
}

function shapeOfCodes({ initializer }: Value): readonly number[] {
  return initializer?.shape ?? [];
}
