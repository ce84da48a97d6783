import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Comparison } from '../evaluate/report.ts';
import type { Model } from '../onnx/ir/model.ts';
import { bindDataset } from '../recipe/bind-dataset.ts';
import { compareModels, type MeasuredByRunning } from '../recipe/compare-models.ts';
import { measureModel } from '../recipe/measure-model.ts';
import { defaultRunner } from './default-runner.ts';

export interface EvaluateRequest extends Cancellable {
  /** Samples to score on: a data set, or what `openDataset` takes. */
  data: Dataset | string;
  /** The original to compare with. */
  against?: Model;
  /** Default: onnxruntime-node. */
  runner?: Runner;
  /** Seed of intervals; default 0. */
  seed?: number;
  /** Threads of the engine; default 1. */
  threads?: number;
}

/** What an evaluation found. */
export interface Evaluation {
  /** Of the model evaluated. */
  model: MeasuredByRunning;
  /** Of the original; like `comparison`, present only with `against`. */
  against?: MeasuredByRunning;
  comparison?: Comparison;
}

/** Metrics and latency of a model on data, alone or against its original (agreement, drop, errors, speed-up as well). */
export async function evaluate(model: Model, request: EvaluateRequest): Promise<Evaluation> {
  const { data, against, runner, seed = 0, threads = 1, signal, onProgress } = request;
  const dataset = await bindDataset(data, model, signal);
  const options = { runner: await defaultRunner(runner), dataset, seed, threads, signal, onProgress };
  if (!against) return { model: await measureModel(model, options) };
  const { before, after, comparison } = await compareModels(against, model, options);
  return { model: after, against: before, comparison };
}
