import { constantOf } from '../onnx/constant-of.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../onnx/ir/value.ts';
import { inferTypes, type TypeMap } from '../ops/infer-types.ts';
import { absorb } from './absorb.ts';
import type { Pass } from './pass.ts';
import { pinnedValues } from './pinned-values.ts';

/**
 * 1. Conv → Add of one constant a channel ([C, 1, 1] or [1, C, 1, 1]) becomes Conv with a bias.
 * 2. MatMul of a matrix by a constant matrix → Add of one constant a column becomes Gemm.
 */
export const foldBias: Pass = {
  name: 'fold-bias',
  summary: 'turns the addition of a constant behind a layer into its bias',
  async run(model) {
    const types = await inferTypes(model);
    const pinned = pinnedValues(model.graph);
    let changes = 0;
    for (const add of [...model.graph.nodes]) {
      if (add.opType !== 'Add' || add.domain !== '') continue;
      const found = layerAndBias(model.graph, add, types);
      if (!found || pinned.has(found.layer.output)) continue;
      await fold(model.graph, add, found);
      changes++;
    }
    return changes;
  },
};

interface LayerAndBias {
  readonly layer: Node;
  readonly constant: TensorSource;
}

function layerAndBias(graph: Graph, add: Node, types: TypeMap): LayerAndBias | undefined {
  for (const [data, other] of [add.inputs, [...add.inputs].reverse()]) {
    const layer = data?.producer;
    const constant = other && constantOf(other);
    if (layer?.graph !== graph || layer.domain !== '' || data?.uses.length !== 1) continue;
    if (constant?.dtype !== 'float') continue;
    if (isConvBias(layer, constant) || isMatMulBias(layer, constant, types)) return { layer, constant };
  }
  return undefined;
}

/** Case 1. */
function isConvBias(conv: Node, constant: TensorSource): boolean {
  const weight = conv.inputs[1]?.initializer;
  if (conv.opType !== 'Conv' || conv.inputs[2] || !weight) return false;
  const [channels] = weight.shape;
  const shape = constant.shape.length === weight.shape.length ? constant.shape : [1, ...constant.shape];
  // [1, C, 1 …], nothing else: [C] would broadcast along the last axis.
  return shape.length === weight.shape.length && shape.every((n, axis) => n === (axis === 1 ? channels : 1));
}

/** Case 2. */
function isMatMulBias({ opType, inputs: [a, b] }: Node, constant: TensorSource, types: TypeMap): boolean {
  const weight = b?.initializer;
  if (opType !== 'MatMul' || !a || types.get(a)?.shape?.length !== 2) return false;
  if (weight?.shape.length !== 2 || weight.dtype !== 'float') return false;
  const columns = weight.shape[1];
  const isPerColumn = constant.shape.at(-1) === columns && constant.byteLength === 4 * columns;
  return isPerColumn && constant.shape.length <= 2;
}

async function fold(graph: Graph, add: Node, { layer, constant }: LayerAndBias): Promise<void> {
  layer.setInput(2, await biasOf(graph, layer, constant));
  if (layer.opType === 'MatMul') layer.opType = 'Gemm';
  absorb(graph, layer, add);
}

async function biasOf(graph: Graph, layer: Node, constant: TensorSource): Promise<Value> {
  const { data } = await readTensorSource(constant);
  const bias = tensorSourceOfTensor({ dtype: 'float', shape: [data.length], data });
  return graph.addInitializer(`${layer.name || layer.output.name}.bias`, bias);
}
