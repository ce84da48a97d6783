import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import type { EpochReport } from '../evaluate/report.ts';
import type { TrainingDefaults } from '../nn/net.ts';
import type { CheckpointStore } from './checkpoint.ts';

/** What a training may use. */
export interface TrainContext extends Cancellable {
  readonly runner: Runner;
  /** Samples to train on and to choose by; inputs bound to the model's. */
  readonly data: Dataset;
  readonly seed: number;
  readonly threads: number;
  /** What the network says of its training. */
  readonly defaults?: Partial<TrainingDefaults> | undefined;
  /** The model was trained before: if nothing that follows is better, it stays as it is. */
  readonly isTrained?: boolean | undefined;
  /** Where the training is kept while it runs, and goes on from. */
  readonly checkpoints?: CheckpointStore | undefined;
  /** Seconds from one checkpoint to the next, ends of epochs aside; default 20. */
  readonly checkpointEvery?: number | undefined;
  /** Told of each epoch done. */
  readonly onEpoch?: ((record: EpochReport) => void | Promise<void>) | undefined;
}
