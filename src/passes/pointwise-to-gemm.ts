import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { inferTypes, type TypeMap } from '../ops/infer-types.ts';
import { absorb } from './absorb.ts';
import type { Pass } from './pass.ts';

/**
 * Conv on a 1×1 map → Flatten becomes Flatten → Gemm: the classifier of most mobile nets. A Gemm hands out its exact
 * sums where a quantized convolution must round its outputs to 8 bits.
 */
export const pointwiseToGemm: Pass = {
  name: 'pointwise-to-gemm',
  summary: 'writes a convolution of a 1×1 map as the matrix product it is',
  async run(model) {
    const types = await inferTypes(model);
    let changes = 0;
    for (const node of [...model.graph.nodes]) {
      if (node.opType === 'Flatten' && node.domain === '' && rewrite(model.graph, node, types)) changes++;
    }
    return changes;
  },
};

function rewrite(graph: Graph, flatten: Node, types: TypeMap): boolean {
  const conv = flatten.inputs[0]?.producer;
  if (
    conv?.graph !== graph ||
    conv.opType !== 'Conv' ||
    conv.domain !== '' ||
    (flatten.int('axis') ?? 1) !== 1
  ) {
    return false;
  }
  const data = conv.inputs[0];
  const weight = conv.inputs[1]?.initializer;
  if (!data || !weight || conv.output.uses.length !== 1 || graph.outputs.includes(conv.output)) return false;
  const isPointwise = weight.shape.slice(2).every((n) => n === 1) && (conv.int('group') ?? 1) === 1;
  const isUnpadded = (conv.ints('pads') ?? []).every((n) => n === 0) && conv.string('auto_pad') === undefined;
  const isOneByOne =
    types
      .get(data)
      ?.shape?.slice(2)
      .every((n) => n === 1) === true;
  if (!isPointwise || !isUnpadded || !isOneByOne) return false;

  const flat = graph.addNode({ opType: 'Flatten', inputs: [data], outputName: `${conv.output.name}_flat` });
  const matrix = graph.addInitializer(conv.inputs[1]!.name, asMatrix(weight));
  conv.opType = 'Gemm';
  conv.attributes.clear();
  conv.setInt('transB', 1);
  conv.setInputs([flat, matrix, ...conv.inputs.slice(2)]);
  absorb(graph, conv, flatten);
  return true;
}

/** [M, C, 1, 1] as [M, C]: the same bytes. */
function asMatrix(weight: TensorSource): TensorSource {
  return { ...weight, shape: weight.shape.slice(0, 2) };
}
