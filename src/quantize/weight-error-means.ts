import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Attribute } from '../onnx/ir/attribute.ts';
import type { Graph } from '../onnx/ir/graph.ts';
import type { Model } from '../onnx/ir/model.ts';
import { Node } from '../onnx/ir/node.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { tensorSourceOfTensor } from '../onnx/ir/tensor-source-of-tensor.ts';
import { Value } from '../onnx/ir/value.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import type { TypeMap } from '../ops/infer-types.ts';

/** A layer and what rounding does to its weight. */
export interface WeightError {
  /** Name of the layer's output, in the model that is run. */
  readonly output: string;
  /** Quantized minus original weight, in the weight's shape. */
  readonly error: TensorSource;
}

/**
 * What each layer's rounded weight adds to its outputs on average: mean over samples and positions of ΔW ∗ x, one
 * number a channel. Subtracted from the bias it takes the shift out (Nagel et al. 2019, "Data-Free Quantization …",
 * §4.2, with measured instead of modelled inputs). The engine computes it beside the float model in one pass.
 * @returns by layer output
 */
export async function weightErrorMeans(
  model: Model,
  types: TypeMap,
  layers: readonly WeightError[],
  run: { runner: Runner; dataset: Dataset; indices: ArrayLike<number>; threads?: number } & Cancellable,
): Promise<Map<string, Float64Array>> {
  const { probe, fetches } = probeModel(model, types, layers);
  const session = await run.runner.load(await modelToBytes(probe), { threads: run.threads ?? 1 });
  const means = new Map<string, Float64Array>();
  try {
    const { signal, onProgress } = run;
    let done = 0;
    for await (const { inputs } of run.dataset.batches({ batchSize: 1, indices: run.indices, signal })) {
      signal?.throwIfAborted();
      const results = await session.run(inputs, [...fetches.values()]);
      for (const [output, fetch] of fetches) accumulate(means, output, results[fetch].data as Float32Array);
      onProgress?.({ phase: 'correct biases', done: ++done, total: run.indices.length });
    }
  } finally {
    await session.close();
  }
  for (const sums of means.values()) for (let c = 0; c < sums.length; c++) sums[c] /= run.indices.length;
  return means;
}

function accumulate(means: Map<string, Float64Array>, output: string, values: Float32Array): void {
  const sums = means.get(output) ?? new Float64Array(values.length);
  for (let c = 0; c < sums.length; c++) sums[c] += values[c];
  means.set(output, sums);
}

/** The model with, beside each layer, the same layer of the weight's error and the mean of what that makes. */
function probeModel(model: Model, types: TypeMap, layers: readonly WeightError[]) {
  const probe = cloneModel(model);
  const { graph } = probe;
  const errors = new Map(layers.map(({ output, error }) => [output, error]));
  const ranks = new Map([...types].map(([value, type]) => [value.name, type.shape?.length]));
  const fetches = new Map<string, string>();
  graph.outputs = [];
  for (const node of [...graph.nodes]) {
    const output = node.outputs[0]?.name ?? '';
    const error = errors.get(output);
    const rank = ranks.get(output);
    if (!error || rank === undefined) continue;
    const shift = new Value(graph.freshName(`${output}/shift`));
    const weight = graph.addInitializer(`${output}/error`, error);
    const { opType, attributes } = node;
    graph.add(new Node({ opType, attributes, inputs: [node.inputs[0], weight], outputs: [shift] }));
    const mean = channelMean(graph, probe.opset, shift, rank, opType === 'MatMul' ? rank - 1 : 1);
    graph.outputs.push(mean);
    fetches.set(output, mean.name);
  }
  graph.sort();
  return { probe, fetches };
}

/** Mean over all axes but the channels'; `axes` is an attribute before operator set 18. */
function channelMean(graph: Graph, opset: number, value: Value, rank: number, channelAxis: number): Value {
  const axes = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== channelAxis);
  const attributes: [string, Attribute][] = [['keepdims', { type: 'INT', value: 0n }]];
  const inputs = [value];
  const values = BigInt64Array.from(axes, BigInt);
  if (opset < 18) attributes.push(['axes', { type: 'INTS', value: [...values] }]);
  else
    inputs.push(
      graph.addInitializer(
        `${value.name}/axes`,
        tensorSourceOfTensor({ dtype: 'int64', shape: [axes.length], data: values }),
      ),
    );
  return graph.addNode({ opType: 'ReduceMean', inputs, attributes, outputName: `${value.name}/mean` });
}
