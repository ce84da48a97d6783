import type { Attribute } from '../onnx/ir/attribute.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import { Value } from '../onnx/ir/value.ts';

/** Layers that take a bias (Conv, Gemm) have their channels there. */
const CHANNEL_AXIS = 1;

/** A layer and what rounding does to its weight. */
export interface WeightError {
  readonly layer: Node;
  /** Quantized minus original weight, in the weight's shape. */
  readonly error: TensorSource;
}

/**
 * Adds, beside each layer, the same layer of its weight's error and the mean of what that makes: ΔW ∗ x averaged over
 * positions, one number a channel. Averaged over samples it is the shift that rounding causes, to be taken out of the
 * bias (Nagel et al. 2019, "Data-Free Quantization …", §4.2, with measured instead of modelled inputs).
 * @returns name of the layer's output by name of the mean
 */
export function addShiftProbes(model: Model, layers: readonly WeightError[]): Map<string, string> {
  const { graph } = model;
  const probes = new Map<string, string>();
  for (const { layer, error } of layers) {
    const { opType, attributes, output } = layer;
    // Data, weight and output of these layers have as many axes.
    const rank = error.shape.length;
    const shift = new Value(graph.freshName(`${output.name}/shift`));
    const weight = graph.addInitializer(`${output.name}/error`, error);
    // A product that mixes no positions commutes with their mean: one position is cheaper than all.
    const data = mixesNoPositions(layer, error.shape)
      ? positionMean(graph, model.opset, layer.inputs[0]!, rank)
      : layer.inputs[0];
    graph.add(new Node({ opType, attributes, inputs: [data, weight], outputs: [shift] }));
    probes.set(channelMean(graph, model.opset, shift, rank).name, output.name);
  }
  graph.sort();
  return probes;
}

/** Convolutions of one tap that reads every position as it is. */
function mixesNoPositions(layer: Node, weightShape: readonly number[]): boolean {
  const isUnpadded =
    (layer.ints('pads') ?? []).every((n) => n === 0) && layer.string('auto_pad') === undefined;
  const readsAll = (layer.ints('strides') ?? []).every((n) => n === 1);
  const spatial = weightShape.slice(2);
  return spatial.length > 0 && spatial.every((n) => n === 1) && isUnpadded && readsAll;
}

/** Mean over batch and positions, axes kept: a sample of one position. */
function positionMean(graph: Graph, opset: number, value: Value, rank: number): Value {
  return mean(graph, opset, value, rank, true);
}

/** Mean over all axes but the channels': one number a channel. */
function channelMean(graph: Graph, opset: number, value: Value, rank: number): Value {
  return mean(graph, opset, value, rank, false);
}

/** `axes` is an attribute before operator set 18. */
function mean(graph: Graph, opset: number, value: Value, rank: number, keepsAxes: boolean): Value {
  const axes = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== CHANNEL_AXIS);
  const values = BigInt64Array.from(axes, BigInt);
  const attributes: [string, Attribute][] = [['keepdims', { type: 'INT', value: keepsAxes ? 1n : 0n }]];
  const inputs = [value];
  if (opset < 18) attributes.push(['axes', { type: 'INTS', value: [...values] }]);
  else {
    const source = tensorSourceOfTensor({ dtype: 'int64', shape: [axes.length], data: values });
    inputs.push(graph.addInitializer(`${value.name}/axes`, source));
  }
  return graph.addNode({ opType: 'ReduceMean', inputs, attributes, outputName: `${value.name}/mean` });
}
