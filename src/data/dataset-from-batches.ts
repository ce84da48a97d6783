import type { Tensor } from '../base/tensor.ts';
import { chosenIndices } from './chosen-indices.ts';
import type { Batch, Dataset, Task } from './dataset.ts';
import { streamLengthMismatch } from './errors.ts';
import { groupSamples } from './group-samples.ts';
import type { Sample } from './source.ts';
import { takeRow } from './take-row.ts';

/** What a stream of batches cannot tell by itself. */
export interface StreamFacts {
  /** Samples of one pass. */
  length: number;
  /** Default `none`. */
  task?: Task;
  classNames?: readonly string[];
}

/**
 * A data set of any iterable of batches; sizes of the batches do not matter, they are regrouped.
 * @param open begins one pass; every pass gives the same samples in the same order
 *
 * A pass goes through the stream once. Samples asked for in ascending order are handed on as they come; in any other order
 * those that come before their turn are held in memory. Throws a PareError where the stream is not as long as stated.
 */
export function datasetFromBatches(
  name: string,
  open: () => Iterable<Batch> | AsyncIterable<Batch>,
  { length, task = 'none', classNames }: StreamFacts,
): Dataset {
  return {
    name,
    length,
    task,
    ...(classNames && { classNames }),
    batches: (options) => {
      const samples = inOrder({ name, length, open }, chosenIndices(options, length), options.signal);
      return groupSamples(samples, options.batchSize, name);
    },
  };
}

interface Stream {
  name: string;
  length: number;
  open: () => Iterable<Batch> | AsyncIterable<Batch>;
}

/** The samples `indices` of a stream in that order, each as often as it is asked for. */
async function* inOrder(
  { name, length, open }: Stream,
  indices: ArrayLike<number>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Sample, void, undefined> {
  const wanted = new Map<number, number>();
  for (let i = 0; i < indices.length; i++) wanted.set(indices[i], (wanted.get(indices[i]) ?? 0) + 1);
  const waiting = new Map<number, Sample>();
  let turn = 0;
  let seen = 0;
  for await (const batch of open()) {
    signal?.throwIfAborted();
    const count = Object.values(batch.inputs)[0]?.shape[0] ?? 0;
    if (seen + count > length) throw streamLengthMismatch(name, length, `at least ${seen + count}`);
    for (let row = 0; row < count; row++)
      if (wanted.has(seen + row)) waiting.set(seen + row, sampleOf(batch, row));
    seen += count;

    for (let sample = waiting.get(indices[turn]); sample; sample = waiting.get(indices[turn])) {
      yield sample;
      const index = indices[turn++];
      const left = (wanted.get(index) ?? 0) - 1;
      wanted.set(index, left);
      if (left === 0) waiting.delete(index);
    }
    if (turn === indices.length && indices.length < length) return;
  }
  if (seen < length) throw streamLengthMismatch(name, length, `${seen}`);
}

function sampleOf({ inputs, labels, targets }: Batch, row: number): Sample {
  const fields: Record<string, Tensor> = {};
  for (const [field, tensor] of Object.entries(inputs)) fields[field] = takeRow(tensor, row);
  return {
    fields,
    ...(labels && { label: labels[row] }),
    ...(targets && { target: takeRow(targets, row) }),
  };
}
