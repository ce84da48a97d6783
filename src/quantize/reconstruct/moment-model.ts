import { Graph } from '../../onnx/ir/graph.ts';
import { Model } from '../../onnx/ir/model.ts';
import { Value } from '../../onnx/ir/value.ts';
import { GraphWriter } from '../../ops/graph-writer.ts';
import type { LayerMatrix } from './layer-matrix.ts';

/** Names of the model's inputs and outputs. */
export const momentNames = {
  /** What the layer really reads, behind layers that are quantized. */
  real: 'real',
  /** What it reads in the float model. */
  ideal: 'ideal',
  /** Σ x̂·x̂ᵀ, [groups, depth, depth] */
  own: 'own',
  /** Σ x·x̂ᵀ */
  cross: 'cross',
  /** Σ x̂, [groups, depth] */
  realSum: 'real_sum',
  /** Σ x */
  idealSum: 'ideal_sum',
  /** Positions of all samples, int64. */
  places: 'places',
} as const;

/**
 * A model that sums products of a layer's inputs over a batch and all positions. Inputs of a convolution at a position are the patch it sees:
 * a convolution whose kernels are 1 in one place takes it out, for any strides, pads and dilations.
 */
export function momentModel(matrix: LayerMatrix, rank: number, kernel: readonly number[]): Model {
  const graph = new Graph('moments');
  const write = new GraphWriter(graph);
  const [real, ideal] = [momentNames.real, momentNames.ideal].map((name) => {
    const value = new Value(name, {
      kind: 'tensor',
      dtype: 'float',
      shape: Array.from({ length: rank }, () => null),
    });
    graph.inputs.push(value);
    return columnsOf(write, matrix, value, kernel);
  });
  // [groups, depth, places]
  const turned = write.op('Transpose', [real], { perm: [0, 2, 1] });
  const named = (value: Value, name: string) => {
    value.name = name;
    graph.outputs.push(value);
  };
  named(write.op('MatMul', [real, turned]), momentNames.own);
  named(write.op('MatMul', [ideal, turned]), momentNames.cross);
  named(write.sum(real, [2], false), momentNames.realSum);
  named(write.sum(ideal, [2], false), momentNames.idealSum);
  named(write.op('Shape', [real], { start: 2 }), momentNames.places);
  const model = new Model(graph);
  model.opsetImports.set('', 18);
  graph.sort();
  return model;
}

/** [groups, depth, places] */
function columnsOf(
  write: GraphWriter,
  { layer, groups, depth }: LayerMatrix,
  x: Value,
  kernel: readonly number[],
): Value {
  if (layer.opType !== 'Conv') {
    const rows = write.reshape(x, [-1, depth]);
    return write.op('Unsqueeze', [write.transpose(rows, [1, 0]), write.ints([0])]);
  }
  const data = new Float32Array(groups * depth * depth);
  for (let group = 0; group < groups; group++)
    for (let i = 0; i < depth; i++) data[(group * depth + i) * depth + i] = 1;
  const places = kernel.reduce((product, n) => product * n, 1);
  const taken = write.constant({
    dtype: 'float',
    shape: [groups * depth, depth / places, ...kernel],
    data,
  });
  const patches = write.op('Conv', [x, taken]);
  for (const [name, attribute] of layer.attributes) patches.producer!.attributes.set(name, attribute);
  // 0: the batch, whatever it is.
  const split = write.op('Reshape', [patches, write.ints([0, groups, depth, -1])]);
  return write.reshape(write.transpose(split, [1, 2, 0, 3]), [groups, depth, -1]);
}
