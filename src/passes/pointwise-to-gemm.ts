import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import type { TypeMap } from '../ops/infer-types.ts';
import { absorb } from './absorb.ts';
import { nodePass } from './node-pass.ts';
import type { Pass } from './pass.ts';

/**
 * Conv on a 1×1 map → Flatten becomes Flatten → Gemm: the classifier of most mobile nets. A Gemm hands out its exact
 * sums where a quantized convolution must round its outputs to 8 bits.
 */
export const pointwiseToGemm: Pass = nodePass({
  name: 'pointwise-to-gemm',
  summary: 'writes a convolution of a 1×1 map as the matrix product it is',
  opTypes: ['Flatten'],
  rewrite(node, { model, graph, pinned, types }) {
    const conv = node.inputs[0]?.producer;
    if ((node.int('axis') ?? 1) !== 1 || conv?.graph !== graph || !isProduct(conv, types)) return false;
    if (pinned.has(conv.output) || !canBeGemm(conv, model.opset)) return false;
    rewrite(graph, conv, node);
    return true;
  },
});

/** A 1×1 kernel on a 1×1 map. */
function isProduct(conv: Node, types: TypeMap): boolean {
  if (conv.opType !== 'Conv' || conv.domain !== '') return false;
  const kernel = conv.inputs[1]?.initializer?.shape.slice(2);
  const map = conv.inputs[0] && types.get(conv.inputs[0])?.shape?.slice(2);
  const isPadded = conv.attributes.has('auto_pad') || conv.ints('pads')?.some((n) => n !== 0);
  return !isPadded && isAllOnes(kernel) && isAllOnes(map) && (conv.int('group') ?? 1) === 1;
}

/** Gemm's bias is optional since operator set 11. */
function canBeGemm(conv: Node, opset: number): boolean {
  return conv.output.hasOneUse && (conv.inputs[2] !== undefined || opset >= 11);
}

function rewrite(graph: Graph, conv: Node, flatten: Node): void {
  const [data, weight, ...bias] = conv.inputs;
  const flat = graph.addNode({ opType: 'Flatten', inputs: [data], outputName: `${conv.output.name}_flat` });
  const matrix = weight?.initializer && graph.addInitializer(weight.name, asMatrix(weight.initializer));
  conv.opType = 'Gemm';
  conv.attributes.clear();
  conv.setInt('transB', 1);
  conv.setInputs([flat, matrix, ...bias]);
  absorb(graph, conv, flatten);
}

/** [M, C, 1, 1] as [M, C]: the same bytes. */
function asMatrix(weight: TensorSource): TensorSource {
  return { ...weight, shape: weight.shape.slice(0, 2) };
}

function isAllOnes(lengths: readonly unknown[] | undefined): boolean {
  return lengths?.every((n) => n === 1) ?? false;
}
