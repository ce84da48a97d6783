import type { Runner } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { datasetFromTensors } from '../data/dataset-from-tensors.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import type { QuantizeResult } from '../quantize/mode.ts';
import { type QuantizeOptions, quantizeOptions } from '../quantize/options.ts';
import { quantize } from '../quantize/quantize.ts';
import { randomFeeds } from './random-feeds.ts';
import { f32 } from './tensors.ts';

/** Options as a user gives them; the target is fixed, so that results do not depend on the machine. */
export type GivenOptions = Partial<QuantizeOptions>;

/** Normal numbers for every input of a model of fixed shapes, as `samples` samples of one row each. */
export function normalDataset(model: Model, samples: number, seed = 'data'): Dataset {
  const feeds = randomFeeds(model, 1, () => 1);
  const inputs = Object.entries(feeds).map(
    ([name, { shape }]) => [name, f32([samples, ...shape.slice(1)], `${seed}:${name}`)] as const,
  );
  return datasetFromTensors({ inputs: Object.fromEntries(inputs) });
}

/** One sample a feed, in whatever shapes. */
export function datasetOf(feeds: readonly Readonly<Record<string, Tensor>>[]): Dataset {
  return {
    name: 'feeds',
    length: feeds.length,
    task: 'none',
    async *batches({ indices }) {
      for (const index of Array.from(indices ?? feeds.keys())) yield { inputs: feeds[index] };
    },
  };
}

/** Quantizes a copy of the model for `x64-vnni` with min-max ranges unless told otherwise. */
export async function quantizeGraph(
  runner: Runner,
  model: Model,
  options: GivenOptions = {},
  data: Dataset = normalDataset(model, 8),
): Promise<QuantizeResult> {
  const given = { target: 'x64-vnni', observer: 'minmax', ...options };
  const context = { runner, architecture: 'x64', data, seed: 0, threads: 1 };
  return quantize(cloneModel(model), quantizeOptions.parse(given), context);
}

/** How often each operator occurs in the graph the engine really runs. */
export async function optimizedOperators(runner: Runner, model: Model): Promise<Record<string, number>> {
  const { graph } = await readModel(await runner.optimize(await modelToBytes(model), 'extended'));
  const counts: Record<string, number> = {};
  for (const { opType } of graph.nodes) counts[opType] = (counts[opType] ?? 0) + 1;
  return counts;
}

/** Outputs as the engine computes them with all its rewriting. */
export async function runOptimized(
  runner: Runner,
  model: Model,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const session = await runner.load(await modelToBytes(model));
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}
