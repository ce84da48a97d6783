import type { Task } from '../data/dataset.ts';
import type { ScoredBatch } from './scored-batch.ts';

/** Gathers one metric over batches; memory does not grow with the number of samples. */
export interface MetricAccumulator {
  add(batch: ScoredBatch): void;
  /** The metric over all samples so far, a fraction 0..1; NaN before the first sample. */
  value(): number;
}

/** A number that says how well scores fit labels. */
export interface Metric {
  readonly name: string;
  /** One line for help texts and tables. */
  readonly summary: string;
  /** The labels it is made for. */
  readonly task: Exclude<Task, 'none'>;
  readonly higherIsBetter: boolean;
  /** With fewer classes the metric says nothing (top-5 of 5 classes is always 1), so it is left out. */
  readonly minClasses: number;
  create(classCount: number): MetricAccumulator;
}
