import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../onnx/ir/model.ts';
import { openTaps } from './open-taps.ts';

export interface ObserveOptions extends Cancellable {
  readonly runner: Runner;
  readonly dataset: Dataset;
  /** Which samples, in this order; with state, which sequences. */
  readonly indices: ArrayLike<number>;
  readonly threads?: number;
}

/**
 * Runs the model sample by sample and hands each named value of each sample to `take`; of a data set with state step by
 * step, the state fed back. Memory holds the values of one run at a time.
 * @returns the number of runs
 */
export async function observeValues(
  model: Model,
  names: readonly string[],
  take: (name: string, values: Float32Array) => void,
  { runner, dataset, indices, threads, signal, onProgress }: ObserveOptions,
): Promise<number> {
  const taps = await openTaps(model, names, { runner, threads, state: dataset.state });
  try {
    let done = 0;
    let runs = 0;
    for await (const step of dataset.batches({ batchSize: 1, indices, signal })) {
      signal?.throwIfAborted();
      for (const [name, values] of await taps.run(step)) take(name, values);
      runs++;
      if (step.sequenceEnd === false) continue;
      onProgress?.({ phase: 'calibrate', done: ++done, total: indices.length });
    }
    return runs;
  } finally {
    await taps.close();
  }
}
