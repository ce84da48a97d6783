import { check } from '../base/check.ts';
import type { Tensor } from '../base/tensor.ts';
import { chosenIndices } from './chosen-indices.ts';
import type { Batch, BatchOptions, Dataset } from './dataset.ts';
import { takeRows } from './take-rows.ts';

/** Data that is in memory as a whole. */
export interface DatasetTensors {
  /** By field name; axis 0 is the sample, and of the same length in all. */
  inputs: Readonly<Record<string, Tensor>>;
  /** Class index a sample; makes the task classification. */
  labels?: ArrayLike<number>;
  /** What the outputs should be, axis 0 the sample; makes the task `task`, regression where that is not given. */
  targets?: Tensor;
  task?: 'regression' | 'sequence';
  classNames?: readonly string[];
  /** Default `memory`. */
  name?: string;
}

/** A data set of tensors in memory; batches are copies. */
export function datasetFromTensors({
  inputs,
  labels,
  targets,
  task = 'regression',
  classNames,
  name = 'memory',
}: DatasetTensors): Dataset {
  const [first] = Object.values(inputs);
  check(first, () => 'a data set needs at least one field');
  const length = first.shape[0];
  for (const [field, { shape }] of Object.entries(inputs))
    check(shape[0] === length, () => `field "${field}" has ${shape[0]} samples, the first field ${length}`);
  check(!labels || labels.length === length, () => `${labels?.length} labels for ${length} samples`);
  check(!targets || targets.shape[0] === length, () => `${targets?.shape[0]} targets for ${length} samples`);
  check(!labels || !targets, () => 'a data set has either labels or targets');
  return {
    name,
    length,
    task: labels ? 'classification' : targets ? task : 'none',
    ...(classNames && { classNames }),
    batches: (options) => sliceBatches({ inputs, labels, targets }, chosenIndices(options, length), options),
  };
}

interface HeldTensors {
  inputs: Readonly<Record<string, Tensor>>;
  labels: ArrayLike<number> | undefined;
  targets: Tensor | undefined;
}

async function* sliceBatches(
  { inputs, labels, targets }: HeldTensors,
  indices: ArrayLike<number>,
  { batchSize, signal }: BatchOptions,
): AsyncGenerator<Batch, void, undefined> {
  for (let start = 0; start < indices.length; start += batchSize) {
    signal?.throwIfAborted();
    const rows = Int32Array.from(
      { length: Math.min(batchSize, indices.length - start) },
      (_, i) => indices[start + i],
    );
    const taken = Object.entries(inputs).map(([field, tensor]) => [field, takeRows(tensor, rows)] as const);
    yield {
      inputs: Object.fromEntries(taken),
      ...(labels && { labels: rows.map((row) => labels[row]) }),
      ...(targets && { targets: takeRows(targets, rows) }),
    };
  }
}
