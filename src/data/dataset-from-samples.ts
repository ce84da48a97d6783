import { chosenIndices } from './chosen-indices.ts';
import { collate } from './collate.ts';
import type { Batch, BatchOptions, Dataset, Task } from './dataset.ts';
import { readAhead } from './read-ahead.ts';
import type { Sample, Samples } from './source.ts';

/** Samples read beyond the one that is needed next: decoding goes on in other threads while the engine works. */
const READ_AHEAD = 2;

/** How samples appear as a data set. */
export interface SamplesView {
  name: string;
  task: Task;
  /** Numbers of the samples that belong to the data set, in its order. */
  chosen: Int32Array;
  /** Name in the batches ← field of the samples; fields not named keep their name. */
  inputs: Readonly<Record<string, string>>;
}

/** A data set that reads its samples when a batch needs them. */
export function datasetFromSamples(samples: Samples, { name, task, chosen, inputs }: SamplesView): Dataset {
  const mapped = new Set(Object.values(inputs));
  const unmapped = samples.fields
    .filter((field) => !mapped.has(field))
    .map((field) => [field, field] as const);
  const naming = [...Object.entries(inputs), ...unmapped];
  const read = async (index: number): Promise<Sample> => {
    const { fields, label } = await samples.read(chosen[index]);
    const named = Object.fromEntries(naming.map(([name, field]) => [name, fields[field]]));
    return task === 'none' || label === undefined ? { fields: named } : { fields: named, label };
  };
  return {
    name,
    length: chosen.length,
    task,
    ...(task !== 'none' && samples.classNames && { classNames: samples.classNames }),
    batches: (options) => readBatches(read, chosenIndices(options, chosen.length), options, name),
  };
}

async function* readBatches(
  read: (index: number) => Promise<Sample>,
  indices: ArrayLike<number>,
  { batchSize, signal }: BatchOptions,
  name: string,
): AsyncGenerator<Batch, void, undefined> {
  let held: Sample[] = [];
  signal?.throwIfAborted();
  for await (const sample of readAhead(indices, read, READ_AHEAD)) {
    signal?.throwIfAborted();
    held.push(sample);
    if (held.length < batchSize) continue;
    yield collate(held, name);
    held = [];
  }
  if (held.length > 0) yield collate(held, name);
}
