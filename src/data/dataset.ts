import type { Tensor } from '../base/tensor.ts';

/**
 * What a model is judged by, and so which metrics apply: `classification` by a class index a sample (`labels`),
 * `regression` by the values wanted and `sequence` by a class index a position (both `targets`), `none` by nothing.
 */
export type Task = 'classification' | 'regression' | 'sequence' | 'none';

/** What answers are judged by besides the targets. */
export interface Judge {
  /** The metric a drop is counted in, by name; default the first of the task. */
  readonly metric?: string | undefined;
  /** The largest value a signal may have, for PSNR; default by the range of the targets. */
  readonly peak?: number | undefined;
  /** Of `regression`: entries at both ends of the last two axes of targets that do not count; default 0. */
  readonly border?: number | undefined;
}

/** Some samples at once: what a model is run on, and what it is judged by. */
export interface Batch {
  /**
   * By field name of the data set (`pixels`); `bindInputs` turns fields into model inputs. Axis 0 is the batch, except in
   * constants, which stand behind the fields.
   */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Class index a sample; absent where the data set has no labels. */
  readonly labels?: Int32Array;
  /**
   * Of `regression` the values wanted, `[batch, …]`, finite. Of `sequence` integers `[batch, positions]`: the class index at
   * each position, negative where none is asked for (padding).
   */
  readonly targets?: Tensor;
  /** Set in data sets with `state` only: this step is the first of its sequence, every state starts anew. */
  readonly sequenceStart?: boolean;
  /** Set in data sets with `state` only: this step is the last of its sequence. */
  readonly sequenceEnd?: boolean;
}

/** Which samples to read, and how many at a time. */
export interface BatchOptions {
  batchSize: number;
  /** Which samples, in which order; default all in stored order. */
  indices?: ArrayLike<number>;
  signal?: AbortSignal | undefined;
}

/**
 * Samples of known number, read in batches of bounded memory. A batch is smaller where the samples end, and where the next
 * one has another shape.
 *
 * With `state`, a sample is a whole sequence: `length` and `indices` count sequences, and `batches` gives the steps of one
 * sequence after another, each step as a batch of one, whatever `batchSize` is. Whoever runs the model keeps what each
 * output named in `state` gave and feeds it to its input with the next step (`base/state-feedback.ts`); with
 * `sequenceStart` that input gets its initial value instead, which a bound data set has in `inputs` under its name: the
 * constant, else zeros of the model input's shape, unknown lengths being 1. A class index comes with the last step, targets
 * with every step.
 */
export interface Dataset {
  /** For messages and reports: the dataset file, folder or `synthetic:strokes`. */
  readonly name: string;
  readonly length: number;
  readonly task: Task;
  readonly judge?: Judge;
  /** Names of the classes, where known. */
  readonly classNames?: readonly string[];
  /** Of texts: tokens there are, where that is known. */
  readonly tokens?: number;
  /** For streaming models: model output → the model input it is fed to at the next step. */
  readonly state?: Readonly<Record<string, string>>;
  /** Model inputs that are the same for every batch, without batch axis; `bindInputs` puts them into the batches. */
  readonly constants?: Readonly<Record<string, Tensor>>;
  /** Reads samples; each call starts anew, and the same options give the same batches. */
  batches(options: BatchOptions): AsyncIterable<Batch>;
}
