import type { Tensor } from '../base/tensor.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Node } from '../onnx/ir/node.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import type { Value } from '../onnx/ir/value.ts';
import { absorb } from './absorb.ts';
import { outputChannelAxis } from './output-channel-axis.ts';
import type { Pass } from './pass.ts';
import { scaleAlongAxis } from './scale-along-axis.ts';

/**
 * Conv/ConvTranspose/Gemm → BatchNormalization becomes the former with other weights:
 *   y = γ·(Wx + b − μ)/√(σ² + ε) + β  ⇒  W' = W·f, b' = (b − μ)·f + β, f = γ/√(σ² + ε), all in float64.
 * Nearly dead channels (σ² down to 1e-36) make a factor float32 cannot hold; those layers stay as they are.
 */
export const foldBatchNormalization: Pass = {
  name: 'fold-batch-normalization',
  summary: 'folds batch normalization into the layer before it',
  async run(model) {
    let changes = 0;
    for (const node of [...model.graph.nodes]) {
      if (node.opType === 'BatchNormalization' && node.domain === '' && (await fold(model.graph, node)))
        changes++;
    }
    return changes;
  },
};

async function fold(graph: Graph, norm: Node): Promise<boolean> {
  const layer = norm.inputs[0]?.producer;
  if (!layer || layer.graph !== graph || norm.int('training_mode') === 1) return false;
  if (layer.output.uses.length !== 1 || graph.outputs.includes(layer.output)) return false;
  const axis = outputChannelAxis(layer);
  const weight = layer.inputs[1]?.initializer;
  const parameters = norm.inputs.slice(1, 5).map((value) => value?.initializer);
  if (axis === undefined || weight?.dtype !== 'float' || !parameters.every((p) => p?.dtype === 'float'))
    return false;
  const bias = layer.inputs[2];
  if (bias && bias.initializer?.dtype !== 'float') return false;

  const channels = weight.shape[axis];
  const [gamma, beta, mean, variance] = await Promise.all(parameters.map((p) => readTensorSource(p!)));
  const old = bias?.initializer
    ? (await readTensorSource(bias.initializer)).data
    : new Float32Array(channels);
  if (gamma.data.length !== channels || old.length !== channels) return false;
  const folded = foldedParameters(
    norm.float('epsilon') ?? 1e-5,
    gamma,
    beta,
    mean,
    variance,
    old as Float32Array,
  );
  if (!folded) return false;

  layer.setInput(1, replacement(graph, layer.inputs[1]!, scaleAlongAxis(weight, folded.factor, axis)));
  const newBias: Tensor = { dtype: 'float', shape: [channels], data: folded.bias };
  layer.setInput(
    2,
    graph.addInitializer(
      bias?.name ?? `${layer.name || layer.output.name}.bias`,
      tensorSourceOfTensor(newBias),
    ),
  );
  absorb(graph, layer, norm);
  return true;
}

function foldedParameters(
  epsilon: number,
  gamma: Tensor,
  beta: Tensor,
  mean: Tensor,
  variance: Tensor,
  oldBias: Float32Array,
): { factor: Float64Array; bias: Float32Array } | undefined {
  const factor = new Float64Array(oldBias.length);
  const bias = new Float32Array(oldBias.length);
  for (let c = 0; c < factor.length; c++) {
    factor[c] = Number(gamma.data[c]) / Math.sqrt(Number(variance.data[c]) + epsilon);
    bias[c] = (oldBias[c] - Number(mean.data[c])) * factor[c] + Number(beta.data[c]);
    if (!Number.isFinite(factor[c]) || !Number.isFinite(bias[c])) return undefined;
  }
  return { factor, bias };
}

/** A new constant in the old one's place; the old one dies with its last use. */
function replacement(graph: Graph, old: Value, tensor: Parameters<Graph['addInitializer']>[1]): Value {
  return graph.addInitializer(old.name, tensor);
}
