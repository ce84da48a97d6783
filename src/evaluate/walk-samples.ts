import type { Cancellable } from '../base/progress.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { labelsMissing, noSamples, sampleCountDiffers } from './errors.ts';

/** Which samples to go through, and how. */
export interface WalkOptions extends Cancellable {
  /** Its inputs carry the model's input names. */
  dataset: Dataset;
  batchSize: number;
  /** Which samples, in which order; default all in stored order. */
  indices?: ArrayLike<number>;
}

/** One batch and its place among all samples. */
export interface Step {
  inputs: Readonly<Record<string, Tensor>>;
  /** Set in data sets with state: the first step of a sequence. */
  sequenceStart: boolean | undefined;
  labels: Int32Array | undefined;
  targets: Tensor | undefined;
  /** Does every sample have a label, if perhaps with its last step only? */
  hasLabels: boolean;
  /** Length of the batch axis. */
  rows: number;
  /** Samples this batch completes: its rows; of sequences 1 at the last step, else 0. */
  samples: number;
  /** Samples completed before this batch. */
  first: number;
  /** Samples in all. */
  total: number;
}

/**
 * The batches of a data set, with progress reported once each is dealt with.
 * @throws PareError where there is no sample, some lack labels, or more or fewer come than were promised; the signal's
 * reason when it is aborted
 */
export async function* walkSamples({
  dataset,
  batchSize,
  indices,
  signal,
  onProgress,
}: WalkOptions): AsyncGenerator<Step> {
  const total = indices?.length ?? dataset.length;
  if (total === 0) throw noSamples(dataset.name);
  let first = 0;
  // Of a sequence the last step alone tells, which comes too late.
  let hasLabels = dataset.state ? dataset.task === 'classification' : undefined;
  for await (const batch of dataset.batches({ batchSize, signal, ...(indices && { indices }) })) {
    signal?.throwIfAborted();
    const { inputs, labels, targets, sequenceStart, sequenceEnd = true } = batch;
    const rows = labels?.length ?? targets?.shape[0] ?? Object.values(inputs)[0].shape[0];
    const samples = sequenceEnd ? rows : 0;
    if (first + rows > total) throw sampleCountDiffers(dataset.name, total, first + rows);
    hasLabels ??= labels !== undefined;
    if (sequenceEnd && hasLabels !== (labels !== undefined)) throw labelsMissing(dataset.name, first);
    yield { inputs, sequenceStart, labels, targets, hasLabels, rows, samples, first, total };
    first += samples;
    if (samples > 0) onProgress?.({ phase: 'evaluate', done: first, total });
  }
  if (first !== total) throw sampleCountDiffers(dataset.name, total, first);
}
