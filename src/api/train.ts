import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import { openDataset } from '../data/open-dataset.ts';
import type { EpochReport } from '../evaluate/report.ts';
import type { Model } from '../onnx/ir/model.ts';
import { checkpointFolder } from '../recipe/checkpoint-folder.ts';
import { trainOn } from '../recipe/train-on.ts';
import { trainSubject } from '../recipe/train-subject.ts';
import { type TrainOptions, trainOptions } from '../train/options.ts';
import type { TrainResult } from '../train/train.ts';
import { defaultRunner } from './default-runner.ts';

export interface TrainRequest extends Partial<TrainOptions>, Cancellable {
  /** Samples to train on and to choose by: a data set, or what `openDataset` takes. */
  data: Dataset | string;
  /** Default: onnxruntime-node. */
  runner?: Runner;
  /** Seed of weights, order, augmentation and split; default 0. */
  seed?: number;
  /** Threads of the engine; default 1. The same results need the same number. */
  threads?: number;
  /** A folder for checkpoints: a training that was interrupted goes on from there. Default: none. */
  checkpoints?: string;
  /** Told of each epoch done. */
  onEpoch?: (epoch: EpochReport) => void | Promise<void>;
}

/**
 * Trains a known network (`'lenet-5'`, `'mobilenet-v1?width=0.5'`) from scratch, or fine-tunes a copy of a model. What is not
 * given is chosen by the network, or by the task of the data. Options as on the command line (`pare train --help`).
 */
export async function train(subject: Model | string, request: TrainRequest): Promise<TrainResult> {
  const { data, runner, seed = 0, threads = 1, checkpoints, onEpoch, signal, onProgress, ...given } = request;
  const options = trainOptions.parse(given);
  const dataset = typeof data === 'string' ? await openDataset(data, { signal }) : data;
  const { classes } = options;
  const chosen =
    typeof subject === 'string'
      ? await trainSubject(subject, dataset, { classes, seed })
      : { model: subject };
  return trainOn(chosen, dataset, options, {
    runner: await defaultRunner(runner),
    seed,
    threads,
    checkpoints: checkpoints === undefined ? undefined : checkpointFolder(checkpoints),
    onEpoch,
    signal,
    onProgress,
  });
}
