import type { z } from 'zod';
import type { Tensor } from '../base/tensor.ts';
import type { Task } from './dataset.ts';

/** One sample: its fields without batch axis, and its class index or its target where the data has such. */
export interface Sample {
  readonly fields: Readonly<Record<string, Tensor>>;
  readonly label?: number;
  /** As `Batch.targets`, without batch axis. */
  readonly target?: Tensor;
}

/** Samples by number; nothing is read before it is asked for, and reading the same number twice gives the same values. */
export interface Samples {
  readonly length: number;
  /** Names of the fields every sample has. */
  readonly fields: readonly string[];
  /** Of texts: tokens there are; all numbers are below it. */
  readonly tokens?: number;
  /** What the samples can serve; the first is meant where the dataset file does not say. `none` is always possible. */
  readonly tasks: readonly [Task, ...Task[]];
  readonly classNames?: readonly string[];
  /** May be called for several samples at a time. */
  read(index: number): Promise<Sample>;
}

/** What a kind is opened with besides its own options. */
export interface SourceContext {
  /** Relative paths start here. */
  readonly baseDir: string;
  /** The dataset file or folder, for messages. */
  readonly where: string;
  /** One of the kind's `splits`, where the dataset file names one. */
  readonly split?: string;
  readonly signal?: AbortSignal | undefined;
}

/** One kind of data set; one file in `sources/` exports one record. */
export interface Source<Shape extends z.core.$ZodLooseShape = z.core.$ZodLooseShape> {
  /** The word after `kind:` in a dataset file. */
  readonly kind: string;
  /** One line for help texts and tables. */
  readonly summary: string;
  /** Names `split` may take besides a fraction. */
  readonly splits: readonly string[];
  /** The keys of a dataset file that belong to this kind. */
  readonly options: z.ZodObject<Shape, z.core.$strict>;
  open(options: z.output<z.ZodObject<Shape, z.core.$strict>>, context: SourceContext): Promise<Samples>;
}
