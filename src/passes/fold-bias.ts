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

/**
 * 1. Conv → Add of one constant a channel ([C, 1, 1] or [1, C, 1, 1]) becomes Conv with a bias.
 * 2. MatMul of a matrix by a constant matrix → Add of one constant a column becomes Gemm.
 */
export const foldBias: Pass = {
  name: 'fold-bias',
  summary: 'turns the addition of a constant behind a layer into its bias',
  async run(model) {
    const types = await inferTypes(model);
    let changes = 0;
    for (const node of [...model.graph.nodes]) {
      if (node.opType === 'Add' && node.domain === '' && (await fold(model.graph, node, types))) changes++;
    }
    return changes;
  },
};

async function fold(graph: Graph, add: Node, types: TypeMap): Promise<boolean> {
  for (const [data, other] of [add.inputs, [...add.inputs].reverse()]) {
    const layer = data?.producer;
    const constant = other && constantOf(other);
    if (!layer || layer.graph !== graph || constant?.dtype !== 'float') continue;
    if (layer.domain !== '' || data.uses.length !== 1 || graph.outputs.includes(data)) continue;
    if (layer.opType === 'Conv' && (await foldConv(graph, layer, add, constant))) return true;
    if (layer.opType === 'MatMul' && (await foldMatMul(graph, layer, add, constant, types))) return true;
  }
  return false;
}

/** Case 1. */
async function foldConv(graph: Graph, conv: Node, add: Node, constant: TensorSource): Promise<boolean> {
  const weight = conv.inputs[1]?.initializer;
  if (conv.inputs[2] || !weight) return false;
  const spatial = weight.shape.length - 2;
  const shape = constant.shape.length === spatial + 2 ? constant.shape.slice(1) : constant.shape;
  const isPerChannel = shape.length === spatial + 1 && shape.slice(1).every((n) => n === 1);
  const isLeadingOne = constant.shape.length === shape.length || constant.shape[0] === 1;
  if (!isPerChannel || !isLeadingOne || shape[0] !== weight.shape[0]) return false;
  conv.setInput(2, await biasOf(graph, conv, constant));
  absorb(graph, conv, add);
  return true;
}

/** Case 2. */
async function foldMatMul(
  graph: Graph,
  matMul: Node,
  add: Node,
  constant: TensorSource,
  types: TypeMap,
): Promise<boolean> {
  const [a, b] = matMul.inputs;
  const weight = b?.initializer;
  if (!a || types.get(a)?.shape?.length !== 2 || weight?.shape.length !== 2 || weight.dtype !== 'float')
    return false;
  const columns = weight.shape[1];
  const isPerColumn = constant.shape.at(-1) === columns && constant.byteLength === 4 * columns;
  if (!isPerColumn || constant.shape.length > 2) return false;
  matMul.setInput(2, await biasOf(graph, matMul, constant));
  matMul.opType = 'Gemm';
  absorb(graph, matMul, add);
  return true;
}

async function biasOf(graph: Graph, layer: Node, constant: TensorSource): Promise<Value> {
  const { data } = await readTensorSource(constant);
  const bias = tensorSourceOfTensor({ dtype: 'float', shape: [data.length], data });
  return graph.addInitializer(`${layer.name || layer.output.name}.bias`, bias);
}
