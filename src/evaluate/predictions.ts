import type { Confusion } from './confusion-matrix.ts';

/** What a model made of a data set. */
export interface Predictions {
  samples: number;
  /** The output the classes were read from; this and all below absent where the model does not classify. */
  output?: string;
  /** Class a sample. */
  argmax?: Int32Array;
  /** 1 a sample whose class is the label, 0 one where it is not; this and all below absent without labels. */
  correct?: Uint8Array;
  /** Every metric that applies, by name: fractions 0..1. */
  metrics?: Record<string, number>;
  /** The most frequent mistakes, most frequent first. */
  confusions?: Confusion[];
}
