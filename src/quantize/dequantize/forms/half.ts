import type { DataType } from '../../../base/tensor.ts';
import type { Attribute } from '../../../onnx/ir/attribute.ts';
import { valuesOf } from '../../../onnx/ir/graph.ts';
import type { Model } from '../../../onnx/ir/model.ts';
import { Node } from '../../../onnx/ir/node.ts';
import type { TensorSource } from '../../../onnx/ir/tensor-source.ts';
import { subgraphDepthFirst } from '../../../onnx/subgraph-depth-first.ts';
import { inferTypes } from '../../../ops/infer-types.ts';
import { pinnedValues } from '../../../passes/pinned-values.ts';
import { dataTypes } from '../../../tensor/data-types.ts';
import { elementCount } from '../../../tensor/element-count.ts';
import { computedTensor, readNumbers } from '../computed-tensor.ts';
import type { Dequantizer } from '../dequantizer.ts';
import type { Form } from '../form.ts';

const halves: ReadonlySet<DataType> = new Set<DataType>(['float16', 'bfloat16']);
/** Attributes that name an element type. */
const typeAttributes = ['dtype', 'output_datatype', 'output_dtype', 'stash_type', 'softmax_precision', 'to'];

/** Constants, values, inputs and outputs of 16 bits become float32; every such number is one. */
export const half: Form = {
  name: 'half',
  summary: 'float16 and bfloat16',
  stage: 'widen',
  operators: [],
  async rewrite(model, dequantizer) {
    let count = 0;
    for (const graph of subgraphDepthFirst(model.graph)) {
      for (const value of valuesOf(graph)) {
        if (value.type?.kind === 'tensor' && halves.has(value.type.dtype)) {
          value.type = { ...value.type, dtype: 'float' };
          count++;
        }
        if (value.initializer && halves.has(value.initializer.dtype)) {
          noteReaders(
            value.initializer,
            value.uses.map(({ node }) => node),
            dequantizer,
          );
          value.initializer = widened(value.initializer, value.name);
          count++;
        }
      }
      for (const node of graph.nodes) count += widenAttributes(node);
    }
    if (count > 0) await removeIdleCasts(model);
    return count;
  },
};

function noteReaders(
  { dtype, shape }: TensorSource,
  readers: readonly Node[],
  dequantizer: Dequantizer,
): void {
  // Vectors are biases and scales, which say nothing of the layer.
  if (shape.length > 1 && elementCount(shape) > 1) for (const node of readers) dequantizer.note(node, dtype);
}

function widenAttributes(node: Node): number {
  let count = 0;
  for (const [name, attribute] of node.attributes) {
    const wide = widenedAttribute(name, attribute, node.name);
    if (!wide) continue;
    node.attributes.set(name, wide);
    count++;
  }
  return count;
}

function widenedAttribute(name: string, attribute: Attribute, node: string): Attribute | undefined {
  if (attribute.type === 'TENSOR' && halves.has(attribute.value.dtype))
    return { ...attribute, value: widened(attribute.value, node) };
  const isType = attribute.type === 'INT' && typeAttributes.includes(name);
  if (!isType || ![...halves].some((dtype) => BigInt(dataTypes[dtype].code) === attribute.value))
    return undefined;
  return { ...attribute, value: BigInt(dataTypes.float.code) };
}

function widened(source: TensorSource, name: string): TensorSource {
  const { shape } = source;
  return computedTensor(shape, async () => {
    const number = await readNumbers(source, name);
    return Float32Array.from({ length: elementCount(shape) }, (_, i) => number(i));
  });
}

/** Casts between float32 and half are between float32 and float32 now. */
async function removeIdleCasts(model: Model): Promise<void> {
  const types = await inferTypes(model);
  const pinned = pinnedValues(model.graph);
  for (const graph of subgraphDepthFirst(model.graph)) {
    for (const node of graph.nodes) {
      const [input] = node.inputs;
      const isIdle = node.opType === 'Cast' && node.int('to') === dataTypes.float.code && input;
      if (!isIdle || types.get(input)?.dtype !== 'float') continue;
      const { output } = node;
      graph.remove(node);
      if (pinned.has(output)) graph.add(new Node({ opType: 'Identity', inputs: [input], outputs: [output] }));
      output.replaceUses(pinned.has(output) ? output : input);
    }
    graph.sort();
  }
}
