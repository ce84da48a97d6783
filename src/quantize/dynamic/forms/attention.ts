import { constantOf } from '../../../onnx/constant-of.ts';
import { Node } from '../../../onnx/ir/node.ts';
import { elementCount } from '../../../tensor/element-count.ts';
import type { Form } from '../form.ts';
import { MAX_DEPTH } from '../max-depth.ts';
import { sampleShape } from '../sample-shape.ts';

/** Attributes of Attention that QAttention has as well. */
const kept = new Set([
  'num_heads',
  'unidirectional',
  'mask_filter_value',
  'scale',
  'past_present_share_buffer',
]);

/**
 * com.microsoft.Attention as QAttention: the projection to queries, keys and values in integers, what follows in float.
 * Inputs of Attention: data, weight, bias, mask, past, then some QAttention lacks.
 */
export const attention: Form = {
  opset: 11,
  weights: [1],
  reasonAgainst(node) {
    const shape = shapeOfWeight(node);
    if (shape.length !== 2) return 'its weight is no matrix';
    if (!node.inputs[2]) return 'it has no bias';
    if (node.inputs.slice(5).some((value) => value)) return 'it has inputs the integer operator lacks';
    const foreign = [...node.attributes.keys()].find((name) => !kept.has(name) && !isOff(node, name));
    if (foreign !== undefined) return `the integer operator has no attribute ${foreign}`;
    return shape[0] > MAX_DEPTH ? 'its sums would not fit 32 bits' : undefined;
  },
  macs(node, { types }) {
    const rows = sampleShape(node.inputs[0], types)?.slice(0, -1) ?? [];
    return elementCount(rows) * elementCount(shapeOfWeight(node));
  },
  async emit(node, emitter) {
    const { graph } = node;
    const [data, weight, bias, mask, past] = node.inputs;
    // Planned nodes belong to a graph and have a constant weight.
    if (!graph || !data || !weight) throw new Error(`"${node.name}" is no planned attention`);
    const isPerColumn = emitter.granularity === 'channel';
    const { coded, codes } = await emitter.codes(weight, isPerColumn ? [1] : []);
    const shape = isPerColumn ? [coded.source.shape[1]] : [];
    const scales = emitter.scales(weight, coded, shape);
    const input = emitter.quantized(data, graph);
    const { name, outputs } = node;
    const attributes = [...node.attributes].filter(([key]) => kept.has(key));
    graph.remove(node);
    const projected = [input.codes, codes, bias, input.scale, scales, mask];
    graph.add(
      new Node({
        opType: 'QAttention',
        domain: 'com.microsoft',
        name,
        inputs: [...projected, input.zeroPoint, emitter.zeros(shape), past],
        outputs,
        attributes,
      }),
    );
    return [coded];
  },
};

function isOff(node: Node, name: string): boolean {
  return node.int(name) === 0;
}

function shapeOfWeight(node: Node): readonly number[] {
  return (node.inputs[1] && constantOf(node.inputs[1])?.shape) ?? [];
}
