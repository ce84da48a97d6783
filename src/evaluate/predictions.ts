import type { Confusion } from './confusion-matrix.ts';
import type { MetricFacts } from './metric.ts';

/** What a model made of a data set. */
export interface Predictions {
  samples: number;
  /** The output the answers were read from; this and all below absent where nothing can be said of them. */
  output?: string;
  /** Class a sample, of models that classify. */
  argmax?: Int32Array;
  /** 1 a sample whose class is the label, 0 one where it is not; absent without labels. */
  correct?: Uint8Array;
  /** Every metric that applies, by name. */
  metrics?: Record<string, number>;
  /** The most frequent mistakes, most frequent first. */
  confusions?: Confusion[];
  /** Of targets: the metric a drop is counted in. */
  judged?: JudgedSamples;
  /** Of models that answer one probability a step: whether it was above ½. */
  decisions?: Decisions;
}

/** One metric's sums a sample, from which it can be had of any choice of samples. */
export interface JudgedSamples {
  readonly metric: MetricFacts & { readonly width: number };
  /** `[samples, width]`, row-major. */
  readonly sums: Float64Array;
  /** The metric from sums over samples. */
  value(sums: Float64Array): number | undefined;
}

/** What was decided at each step of all samples. */
export interface Decisions {
  /** 1 a step that is positive, else 0. */
  readonly positive: Uint8Array;
  /** Steps of each sample. */
  readonly steps: Int32Array;
}
