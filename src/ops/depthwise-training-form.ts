import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { elementCount } from '../tensor/element-count.ts';
import { type Window, windowOf } from './gradients/window.ts';
import { GraphWriter } from './graph-writer.ts';

/** Elements of a channel's matrix up to which the product is faster than the engine's Conv, whose weights are no constants. */
const MAX_MATRIX = 16_384;
/** Samples from which on the product makes up for writing the matrices. */
const MIN_BATCH = 16;

/**
 * A depthwise Conv of small maps as one product a channel, Y = X · T, T[input place, output place] the weight through which
 * the one sees the other, or 0. In training, with weights that change, this and its gradients take a third to a half of
 * Conv's time. It reads the same parameters.
 * @returns whether the node was such a Conv and was replaced
 */
export function depthwiseTrainingForm(node: Node, shapeOf: (value: Value) => readonly number[]): boolean {
  const { graph, output } = node;
  const [x, weight, bias] = node.inputs;
  const groups = node.int('group') ?? 1;
  if (node.opType !== 'Conv' || node.domain !== '') return false;
  if (!graph || !x || !weight || groups === 1) return false;
  const [shape, weightShape, result] = [x, weight, output].map(shapeOf);
  const [batch, channels] = shape;
  const isDepthwise = groups === channels && weightShape[0] === channels;
  const window = windowOf({ node }, shape.slice(2), result.slice(2), weightShape.slice(2));
  const [inputs, outputs, taps] = [window.wide, window.narrow, window.kernel].map(elementCount);
  if (!isDepthwise || taps === 1 || batch < MIN_BATCH || inputs * outputs > MAX_MATRIX) return false;
  const write = new GraphWriter(graph);
  const places = write.constant({
    dtype: 'float',
    shape: [taps, inputs * outputs],
    data: seenPlaces(window),
  });
  const matrices = write.op('MatMul', [write.reshape(weight, [channels, taps]), places]);
  const maps = write.transpose(write.reshape(x, [batch, channels, inputs]), [1, 0, 2]);
  const product = write.op('MatMul', [maps, write.reshape(matrices, [channels, inputs, outputs])]);
  product.producer!.name = node.name;
  const plain = write.reshape(write.transpose(product, [1, 0, 2]), result);
  const column = [channels, ...window.kernel.map(() => 1)];
  const last = bias ? write.op('Add', [plain, write.reshape(bias, column)]) : plain;
  graph.remove(node);
  last.producer!.setOutputs([output]);
  return true;
}

/** [taps, input places · output places]: 1 where an output place sees an input place through the tap. */
function seenPlaces({ kernel, strides, dilations, begins, wide, narrow }: Window): Float32Array<ArrayBuffer> {
  const [inputs, outputs] = [elementCount(wide), elementCount(narrow)];
  const data = new Float32Array(elementCount(kernel) * inputs * outputs);
  for (const [tap, offsets] of indices(kernel).entries()) {
    for (const [to, place] of indices(narrow).entries()) {
      const seen = place.map((n, axis) => n * strides[axis] + offsets[axis] * dilations[axis] - begins[axis]);
      if (seen.some((n, axis) => n < 0 || n >= wide[axis])) continue;
      const from = seen.reduce((at, n, axis) => at * wide[axis] + n, 0);
      data[(tap * inputs + from) * outputs + to] = 1;
    }
  }
  return data;
}

/** All index vectors of a shape, in order. */
function indices(shape: readonly number[]): number[][] {
  let all: number[][] = [[]];
  for (const length of shape) all = all.flatMap((lead) => Array.from({ length }, (_, i) => [...lead, i]));
  return all;
}
