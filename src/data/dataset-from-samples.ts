import type { Tensor } from '../base/tensor.ts';
import { checkTarget } from './check-target.ts';
import { chosenIndices } from './chosen-indices.ts';
import { collate } from './collate.ts';
import { convertField } from './convert-field.ts';
import type { Batch, BatchOptions, Dataset, Judge, Task } from './dataset.ts';
import type { FieldOptions } from './field-options.ts';
import { groupSamples } from './group-samples.ts';
import { readAhead } from './read-ahead.ts';
import { sequenceSteps } from './sequence-steps.ts';
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
  /** By field: conversions. */
  fields: Readonly<Record<string, FieldOptions>>;
  constants: Readonly<Record<string, Tensor>>;
  /** Model output → model input; makes every sample a sequence. */
  state: Readonly<Record<string, string>> | undefined;
  /** The field that is the target, as it is after conversion. */
  reconstruct?: string | undefined;
  judge?: Judge | undefined;
}

/** A data set that reads its samples when a batch needs them. */
export function datasetFromSamples(samples: Samples, view: SamplesView): Dataset {
  const { name, task, chosen, constants, state, judge } = view;
  const naming = fieldNames(samples.fields, view.inputs);
  const read = async (index: number): Promise<Sample> => {
    const sample = await samples.read(chosen[index]);
    return judged(sample, task, `${name}, sample ${chosen[index]}`);
  };
  const finish = ({ fields, ...judged }: Sample): Sample => {
    const converted = (field: string): Tensor => {
      const options = view.fields[field];
      return options ? convertField(fields[field], options, field, name) : fields[field];
    };
    const named = Object.fromEntries(naming.map(([input, field]) => [input, converted(field)] as const));
    if (view.reconstruct === undefined || task !== 'regression') return { ...judged, fields: named };
    const target = converted(view.reconstruct);
    checkTarget(target, task, name);
    return { fields: named, target };
  };
  return {
    name,
    length: chosen.length,
    task,
    ...(task !== 'none' && samples.classNames && { classNames: samples.classNames }),
    ...(samples.tokens !== undefined && { tokens: samples.tokens }),
    ...(Object.keys(constants).length > 0 && { constants }),
    ...(state && { state }),
    ...(judge && { judge }),
    batches: (options) => {
      const stream = { read, finish, indices: chosenIndices(options, chosen.length), name };
      return state
        ? readSteps(stream, options)
        : groupSamples(readFinished(stream, options), options.batchSize, name);
    },
  };
}

/** Name in the batches and field of each; a field asked for twice appears twice. */
function fieldNames(
  fields: readonly string[],
  inputs: Readonly<Record<string, string>>,
): readonly (readonly [name: string, field: string])[] {
  const mapped = new Set(Object.values(inputs));
  const unmapped = fields.filter((field) => !mapped.has(field)).map((field) => [field, field] as const);
  return [...Object.entries(inputs), ...unmapped];
}

/** The sample with what its task is judged by, checked, and nothing else. */
function judged({ fields, label, target }: Sample, task: Task, where: string): Sample {
  if (task === 'classification') return label === undefined ? { fields } : { fields, label };
  if (task === 'none' || target === undefined) return { fields };
  checkTarget(target, task, where);
  return { fields, target };
}

interface SampleStream {
  read(index: number): Promise<Sample>;
  /** Names and converts the fields. */
  finish(sample: Sample): Sample;
  indices: ArrayLike<number>;
  name: string;
}

async function* readFinished(
  { read, finish, indices }: SampleStream,
  { signal }: BatchOptions,
): AsyncGenerator<Sample, void, undefined> {
  signal?.throwIfAborted();
  for await (const sample of readAhead(indices, read, READ_AHEAD)) {
    signal?.throwIfAborted();
    yield finish(sample);
  }
}

async function* readSteps(
  { read, finish, indices, name }: SampleStream,
  { signal }: BatchOptions,
): AsyncGenerator<Batch, void, undefined> {
  signal?.throwIfAborted();
  // One sequence at a time: each may be long.
  for await (const sample of readAhead(indices, read, 0))
    for (const { step, isFirst, isLast } of sequenceSteps(sample, name)) {
      signal?.throwIfAborted();
      yield { ...collate([finish(step)], name), sequenceStart: isFirst, sequenceEnd: isLast };
    }
}
