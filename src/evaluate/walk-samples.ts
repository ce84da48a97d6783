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
  labels: Int32Array | undefined;
  /** Samples in this batch. */
  samples: number;
  /** Samples before this batch. */
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
  let hasLabels: boolean | undefined;
  for await (const { inputs, labels } of dataset.batches({
    batchSize,
    signal,
    ...(indices && { indices }),
  })) {
    signal?.throwIfAborted();
    const samples = labels?.length ?? Object.values(inputs)[0].shape[0];
    if (first + samples > total) throw sampleCountDiffers(dataset.name, total, first + samples);
    hasLabels ??= labels !== undefined;
    if (hasLabels !== (labels !== undefined)) throw labelsMissing(dataset.name, first);
    yield { inputs, labels, samples, first, total };
    first += samples;
    onProgress?.({ phase: 'evaluate', done: first, total });
  }
  if (first !== total) throw sampleCountDiffers(dataset.name, total, first);
}
