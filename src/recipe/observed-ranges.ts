import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import { sampleIndices } from '../data/sample-indices.ts';
import { observeValues } from '../observe/observe-values.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import type { TypeMap } from '../ops/infer-types.ts';
import type { ValueRange } from './inspect-ranges.ts';

interface ObservedRangesOptions extends Cancellable {
  readonly runner: Runner;
  readonly data: Dataset;
  readonly samples: number;
  readonly seed: number;
  readonly threads: number;
}

/** Smallest and largest value of each layer's first output, on a seeded sample of the data. */
export async function observedRanges(
  model: Model,
  types: TypeMap,
  { data, runner, samples, seed, threads, signal, onProgress }: ObservedRangesOptions,
): Promise<ReadonlyMap<Value, ValueRange>> {
  const values = new Map<string, Value>();
  for (const node of model.graph.nodes) {
    const [value] = node.outputs;
    if (value && types.get(value)?.dtype === 'float' && node.inputs.length > 0) values.set(value.name, value);
  }
  const ranges = new Map<Value, { min: number; max: number }>();
  const take = (name: string, numbers: Float32Array): void => {
    const value = values.get(name)!;
    const range = ranges.get(value) ?? { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
    ranges.set(value, range);
    for (const x of numbers) {
      if (x < range.min) range.min = x;
      if (x > range.max) range.max = x;
    }
  };
  const indices = sampleIndices(data.length, samples, seed);
  const observing = { runner, dataset: data, indices, threads, signal, onProgress };
  await observeValues(model, [...values.keys()], take, observing);
  return ranges;
}
