import { lookup } from '../base/lookup.ts';
import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../onnx/ir/model.ts';
import { bindDataset } from '../recipe/bind-dataset.ts';
import { inspectModel, type ModelInspection } from '../recipe/inspect-model.ts';
import { detectTarget } from '../targets/detect-target.ts';
import { targets } from '../targets/index.generated.ts';
import type { Target } from '../targets/target.ts';
import { defaultRunner } from './default-runner.ts';

export interface InspectModelRequest extends Cancellable {
  /** Name of the quantization target; default: this machine's. */
  target?: string;
  /** Read the weights, for their ranges and what is not finite; default true. */
  ranges?: boolean;
  /** Samples to find the ranges of layers' outputs on: a data set, or what `openDataset` takes. */
  data?: Dataset | string;
  /** How many of them; default 100. */
  samples?: number;
  /** Default: onnxruntime-node. */
  runner?: Runner;
  /** Seed of the choice of samples; default 0. */
  seed?: number;
  /** Threads of the engine; default 1. */
  threads?: number;
}

/** Describes a model: its layers, their weights, and what can be done with them. Does not change it. */
export async function inspect(model: Model, request: InspectModelRequest = {}): Promise<ModelInspection> {
  const { target, ranges = true, data, samples = 100, seed = 0, threads = 1, signal, onProgress } = request;
  const runner = await defaultRunner(request.runner);
  return inspectModel(model, {
    target:
      target === undefined
        ? await detectTarget(runner, process.arch)
        : lookup<Target>(targets, target, 'target'),
    runner,
    ranges,
    data: data === undefined ? undefined : await bindDataset(data, model, signal),
    samples,
    seed,
    threads,
    signal,
    onProgress,
  });
}
