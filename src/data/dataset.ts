import type { Tensor } from '../base/tensor.ts';

/** What the labels mean and so which metrics apply. */
export type Task = 'classification' | 'none';

export interface Batch {
  /** By field name of the data set (`pixels`); `bindInputs` turns fields into model inputs. Axis 0 is the batch. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Class index a sample; absent where the data set has no labels. */
  readonly labels?: Int32Array;
}

export interface BatchOptions {
  batchSize: number;
  /** Which samples, in which order; default all in stored order. */
  indices?: ArrayLike<number>;
  signal?: AbortSignal | undefined;
}

/** Samples of known number, read in batches of bounded memory. The last batch may be smaller. */
export interface Dataset {
  /** For messages and reports: the dataset file, folder or `synthetic:strokes`. */
  readonly name: string;
  readonly length: number;
  readonly task: Task;
  /** Names of the classes, where known. */
  readonly classNames?: readonly string[];
  batches(options: BatchOptions): AsyncIterable<Batch>;
}
