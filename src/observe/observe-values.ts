import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { unobservableType, valueNotObserved } from './errors.ts';

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
  options: ObserveOptions,
): Promise<void> {
  const { runner, dataset, indices, signal, onProgress } = options;
  const inputs = new Set(model.graph.inputs.map((value) => value.name));
  const fetches = names.filter((name) => !inputs.has(name));
  // Fused kernels do not make the values in between: nothing above basic rewriting.
  const session = await runner.load(await modelToBytes(withOutputs(model, fetches)), {
    level: 'basic',
    threads: options.threads ?? 1,
  });
  try {
    let done = 0;
    for await (const { inputs: feeds } of dataset.batches({ batchSize: 1, indices, signal })) {
      signal?.throwIfAborted();
      const results = { ...feeds, ...(await session.run(feeds, fetches)) };
      for (const name of names) {
        const { data, dtype } = results[name];
        if (!(data instanceof Float32Array)) throw unobservableType(name, dtype);
        take(name, data);
      }
      onProgress?.({ phase: 'calibrate', done: ++done, total: indices.length });
    }
  } finally {
    await session.close();
  }
}

/** A copy of the model that also hands out the named values. */
function withOutputs(model: Model, names: readonly string[]): Model {
  const copy = cloneModel(model);
  const wanted = new Set(names);
  for (const output of copy.graph.outputs) wanted.delete(output.name);
  for (const node of copy.graph.nodes) {
    for (const value of node.outputs) if (value && wanted.delete(value.name)) copy.graph.outputs.push(value);
  }
  for (const name of wanted) throw valueNotObserved(name);
  return copy;
}
