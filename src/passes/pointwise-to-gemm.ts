import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { inferTypes, type TypeMap } from '../ops/infer-types.ts';
import { absorb } from './absorb.ts';
import type { Pass } from './pass.ts';
import { pinnedValues } from './pinned-values.ts';

/**
 * Conv on a 1×1 map → Flatten becomes Flatten → Gemm: the classifier of most mobile nets. A Gemm hands out its exact
 * sums where a quantized convolution must round its outputs to 8 bits.
 */
export const pointwiseToGemm: Pass = {
  name: 'pointwise-to-gemm',
  summary: 'writes a convolution of a 1×1 map as the matrix product it is',
  async run(model) {
    // A stale statement of 1×1 would give wrong results, silently.
    const types = await inferTypes(model, { ignoreStated: true });
    const pinned = pinnedValues(model.graph);
    let changes = 0;
    for (const node of [...model.graph.nodes]) {
      const conv = node.inputs[0]?.producer;
      if (node.opType !== 'Flatten' || node.domain !== '' || (node.int('axis') ?? 1) !== 1) continue;
      if (conv?.graph !== model.graph || !isProduct(conv, types)) continue;
      if (pinned.has(conv.output) || !canBeGemm(conv, model.opset)) continue;
      rewrite(model, conv, node);
      changes++;
    }
    return changes;
  },
};

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
  return conv.output.uses.length === 1 && (conv.inputs[2] !== undefined || opset >= 11);
}

function rewrite({ graph }: Model, conv: Node, flatten: Node): void {
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
