import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../onnx/ir/model.ts';
import { openTaps } from './open-taps.ts';

export interface ObserveOptions extends Cancellable {
  readonly runner: Runner;
  readonly dataset: Dataset;
  /** Which samples, in this order. */
  readonly indices: ArrayLike<number>;
  readonly threads?: number;
}

/**
 * Runs the model sample by sample and hands each named value of each sample to `take`. Memory holds one sample's
 * values at a time.
 */
export async function observeValues(
  model: Model,
  names: readonly string[],
  take: (name: string, values: Float32Array) => void,
  { runner, dataset, indices, threads, signal, onProgress }: ObserveOptions,
): Promise<void> {
  const taps = await openTaps(model, names, runner, threads);
  try {
    let done = 0;
    for await (const { inputs } of dataset.batches({ batchSize: 1, indices, signal })) {
      signal?.throwIfAborted();
      for (const [name, values] of await taps.run(inputs)) take(name, values);
      onProgress?.({ phase: 'calibrate', done: ++done, total: indices.length });
    }
  } finally {
    await taps.close();
  }
}
