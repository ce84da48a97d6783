import type { ScoredBatch } from './scored-batch.ts';

/** What is known of a metric whatever it measures. */
export interface MetricFacts {
  readonly name: string;
  /** What it is called in a sentence. */
  readonly label: string;
  /** One line for help texts and tables. */
  readonly summary: string;
  readonly higherIsBetter: boolean;
  /**
   * `fraction`: 0..1, shown in per cent, a difference is percentage points; `dB`: decibels; `number`: shown as it is, of no
   * unit or that of the targets.
   */
  readonly unit: 'fraction' | 'dB' | 'number';
  /** The one of its task a drop is counted in where the data set names no other. */
  readonly isPrimary: boolean;
}

/** Gathers one metric over batches; memory does not grow with the number of samples. */
export interface MetricAccumulator {
  add(batch: ScoredBatch): void;
  /** The metric over all samples so far, a fraction 0..1; NaN before the first sample. */
  value(): number;
}

/** How well scores fit a class index a sample. */
export interface ClassificationMetric extends MetricFacts {
  readonly task: 'classification';
  /** With fewer classes the metric says nothing (top-5 of 5 classes is always 1), so it is left out. */
  readonly minClasses: number;
  create(classCount: number): MetricAccumulator;
}

/** What the targets of all samples have in common. */
export interface TargetScale {
  /** Smallest and largest value wanted. */
  readonly min: number;
  readonly max: number;
  /** The largest value a signal may have, where the data set states it. */
  readonly peak?: number | undefined;
}

/**
 * A metric that is a function of sums over samples: samples can be redrawn, for intervals, without being seen again.
 * `Answer` is what a model said of one sample (of one step, in sequences), with what was wanted.
 */
export interface SummedMetric<Answer> extends MetricFacts {
  /** How many sums it takes. */
  readonly width: number;
  /** Adds one answer's part to each of the sums. */
  add(answer: Answer, sums: Float64Array): void;
  /** The metric, from the sums; undefined or not finite where it says nothing of such targets. */
  value(sums: Float64Array, scale: TargetScale): number | undefined;
}

/** Values wanted and answered, element by element; all finite. */
export interface ValueAnswer {
  readonly wanted: ArrayLike<number>;
  readonly got: Float32Array;
}

/** Scores `[positions, classCount]`, free of NaN, and the class index wanted at each position, negative where none is. */
export interface PositionAnswer {
  readonly scores: Float32Array;
  readonly classCount: number;
  readonly wanted: ArrayLike<number>;
}

/** One probability. */
export interface DecisionAnswer {
  readonly probability: number;
}

export interface RegressionMetric extends SummedMetric<ValueAnswer> {
  readonly task: 'regression';
}

export interface SequenceMetric extends SummedMetric<PositionAnswer> {
  readonly task: 'sequence';
}

/** Of streaming models that answer one probability a step, and of which nothing says what is right. */
export interface DecisionMetric extends SummedMetric<DecisionAnswer> {
  readonly task: 'none';
}

/** A number that says how good answers are, of samples of the task it names. */
export type Metric = ClassificationMetric | RegressionMetric | SequenceMetric | DecisionMetric;
