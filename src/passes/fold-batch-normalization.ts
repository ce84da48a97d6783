import type { Tensor } from '../base/tensor.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import { absorb } from './absorb.ts';
import { outputChannelAxis } from './output-channel-axis.ts';
import type { Pass } from './pass.ts';
import { pinnedValues } from './pinned-values.ts';
import { scaleAlongAxis } from './scale-along-axis.ts';

/**
 * Conv/Gemm → BatchNormalization becomes the former with other weights:
 *   y = γ·(Wx + b − μ)/√(σ² + ε) + β  ⇒  W' = W·f, b' = (b − μ)·f + β, f = γ/√(σ² + ε), all in float64.
 * Nearly dead channels (σ² down to 1e-36) may make a factor float32 cannot hold; those layers stay as they are.
 */
export const foldBatchNormalization: Pass = {
  name: 'fold-batch-normalization',
  summary: 'folds batch normalization into the layer before it',
  async run(model) {
    const pinned = pinnedValues(model.graph);
    let changes = 0;
    for (const norm of [...model.graph.nodes]) {
      if (norm.opType !== 'BatchNormalization' || norm.domain !== '' || isTraining(norm)) continue;
      const [data] = norm.inputs;
      const layer = data?.producer;
      if (layer?.graph !== model.graph || data?.uses.length !== 1 || pinned.has(data)) continue;
      if (await fold(model.graph, layer, norm)) changes++;
    }
    return changes;
  },
};

/** Also the forms of before opset 14 (several outputs) and 9 (statistics of each position). */
function isTraining(norm: Node): boolean {
  const hasStatistics = norm.outputs.slice(1).some((value) => value !== undefined);
  return hasStatistics || norm.int('training_mode') === 1 || norm.int('spatial') === 0;
}

async function fold(graph: Graph, layer: Node, norm: Node): Promise<boolean> {
  const axis = outputChannelAxis(layer);
  const [, weight, bias] = layer.inputs;
  const source = weight?.initializer;
  if (axis === undefined || source?.dtype !== 'float') return false;
  const channels = source.shape[axis];
  if (bias && !isPerChannel(bias.initializer, channels)) return false;
  const parameters = norm.inputs.slice(1, 5).map((value) => value?.initializer);
  if (!parameters.every((p) => isPerChannel(p, channels))) return false;

  const old = bias?.initializer
    ? (await readTensorSource(bias.initializer)).data
    : new Float32Array(channels);
  const statistics = await Promise.all(parameters.map(readTensorSource));
  const folded = foldedParameters(norm.float('epsilon') ?? 1e-5, statistics, old);
  if (!folded) return false;

  // New constants in the old ones' place; those die with their last use.
  layer.setInput(1, graph.addInitializer(weight?.name ?? '', scaleAlongAxis(source, folded.factor, axis)));
  const newBias: Tensor = { dtype: 'float', shape: [channels], data: folded.bias };
  const name = bias?.name ?? `${layer.name || layer.output.name}.bias`;
  layer.setInput(2, graph.addInitializer(name, tensorSourceOfTensor(newBias)));
  absorb(graph, layer, norm);
  return true;
}

/** [channels], or [1, channels] as Gemm allows; a column [channels, 1] is something else. */
function isPerChannel(source: TensorSource | undefined, channels: number): source is TensorSource {
  return source?.dtype === 'float' && source.shape.at(-1) === channels && source.byteLength === 4 * channels;
}

/** @param statistics γ, β, μ, σ² by channel */
function foldedParameters(
  epsilon: number,
  [gamma, beta, mean, variance]: readonly Tensor[],
  oldBias: Tensor['data'],
): { factor: Float64Array; bias: Float32Array } | undefined {
  const factor = new Float64Array(oldBias.length);
  const bias = new Float32Array(oldBias.length);
  for (let c = 0; c < factor.length; c++) {
    factor[c] = Number(gamma.data[c]) / Math.sqrt(Number(variance.data[c]) + epsilon);
    bias[c] = (Number(oldBias[c]) - Number(mean.data[c])) * factor[c] + Number(beta.data[c]);
    if (!Number.isFinite(Math.fround(factor[c])) || !Number.isFinite(bias[c])) return undefined;
  }
  return { factor, bias };
}
