import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { LayerChannels } from './layer-channels.ts';
import type { Scene } from './node-pass.ts';
import { perChannel } from './per-channel.ts';
import { scaleElements } from './scale-elements.ts';

/** A weight that others read as well is copied up to this length: the file must not grow by much. */
const MAX_COPIED_BYTES = 64 * 2 ** 10;

/** Constants of a layer, to be changed by factors and shifts a channel. */
export interface LayerParameters {
  readonly layer: Node;
  readonly channels: LayerChannels;
  /** Number of axes of its output. */
  readonly rank: number;
  /** One number an output channel; zeros where the layer has none yet. */
  readonly bias: Float64Array;
}

/** Of a layer whose float32 weight is its own and whose bias, if it has one, is constant; undefined for others. */
export async function layerParameters(
  layer: Node,
  channels: LayerChannels,
  { types }: Scene,
): Promise<LayerParameters | undefined> {
  const [, weight, bias] = layer.inputs;
  if (weight?.initializer?.dtype !== 'float') return undefined;
  if (weight.initializer.byteLength > MAX_COPIED_BYTES && !weight.isReadOnlyBy(layer)) return undefined;
  const rank = rankOf(layer, types);
  if (rank === undefined) return undefined;
  const { outputs } = channels;
  // A layer's own bias lies along its last axis (Gemm) or is a vector (Conv).
  const old =
    bias && (await perChannel(bias, { length: outputs, axis: -1, rank: layer.opType === 'Gemm' ? 2 : 1 }));
  if (bias && !old) return undefined;
  return { layer, channels, rank, bias: old ?? new Float64Array(outputs) };
}

/** A convolution's data has as many axes as its weight; those of a product of matrices may be unknown. */
function rankOf({ opType, inputs: [data, weight] }: Node, types: Scene['types']): number | undefined {
  if (opType !== 'MatMul') return weight?.initializer?.shape.length;
  const rank = data && types.get(data)?.shape?.length;
  return rank === undefined || rank < 2 ? undefined : rank;
}

/** What shall become of a layer. */
export interface NewParameters {
  /** Undefined where the weight stays. */
  readonly factor: { readonly by: Float64Array; channelOf(i: number): number } | undefined;
  readonly bias: Float64Array;
}

/** Whether the layer can hold them: float32 keeps them finite, and there is an input for a bias that is not zero. */
export function canHold(
  { layer, rank }: LayerParameters,
  { factor, bias }: NewParameters,
  opset: number,
): boolean {
  if (factor && !factor.by.every((x) => Number.isFinite(Math.fround(x)))) return false;
  if (!bias.every((x) => Number.isFinite(Math.fround(x)))) return false;
  // A product of matrices with a bias is a Gemm, whose bias broadcasts since operator set 7.
  return layer.opType !== 'MatMul' || bias.every((x) => x === 0) || (rank === 2 && opset >= 7);
}

/** Writes new constants in the old ones' place; those die with their last use. */
export function writeParameters(
  { layer }: LayerParameters,
  { factor, bias }: NewParameters,
  { graph }: Scene,
): void {
  const [, weight, old] = layer.inputs;
  if (factor && weight?.initializer) {
    const scaled = scaleElements(weight.initializer, factor.by, factor.channelOf);
    layer.setInput(1, graph.addInitializer(weight.name, scaled));
  }
  if (!old && bias.every((x) => x === 0)) return;
  const name = old?.name ?? `${layer.name || layer.output.name}.bias`;
  const data = Float32Array.from(bias);
  layer.setInput(
    2,
    graph.addInitializer(name, tensorSourceOfTensor({ dtype: 'float', shape: [bias.length], data })),
  );
  if (layer.opType === 'MatMul') layer.opType = 'Gemm';
}

/** Σ over the weight's elements that add to an output channel of element · `shift` of the data channel; float64. */
export async function shiftedSums(
  { layer, channels }: LayerParameters,
  shift: Float64Array,
): Promise<Float64Array> {
  const sums = new Float64Array(channels.outputs);
  const weight = layer.inputs[1]?.initializer;
  if (!weight) return sums;
  const { data } = await readTensorSource(weight);
  for (let i = 0; i < data.length; i++)
    sums[channels.outputOf(i)] += Number(data[i]) * shift[channels.inputOf(i)];
  return sums;
}
