import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { QuantizeResult } from '../quantize/mode.ts';
import { type QuantizeOptions, quantizeOptions } from '../quantize/options.ts';
import { quantize as quantizeInPlace } from '../quantize/quantize.ts';
import { bindDataset } from '../recipe/bind-dataset.ts';
import { defaultRunner } from './default-runner.ts';

export interface QuantizeRequest extends Partial<QuantizeOptions>, Cancellable {
  /** Samples to calibrate and choose on, where the mode needs such: a data set, or what `openDataset` takes. */
  data?: Dataset | string;
  /** Default: onnxruntime-node. */
  runner?: Runner;
  /** Seed of the calibration sample; default 0. */
  seed?: number;
  /** Threads of the engine; default 1. */
  threads?: number;
}

/**
 * Quantizes a copy of a float model after training; the given model stays as it is, but must stay open while the
 * result is used, for they share weights. Options as on the command line (`pare quantize --help`).
 */
export async function quantize(model: Model, request: QuantizeRequest): Promise<QuantizeResult> {
  const { data, runner, seed = 0, threads = 1, signal, onProgress, ...options } = request;
  return quantizeInPlace(cloneModel(model), quantizeOptions.parse(options), {
    runner: await defaultRunner(runner),
    architecture: process.arch,
    data: data === undefined ? undefined : await bindDataset(data, model, signal),
    seed,
    threads,
    signal,
    onProgress,
  });
}
