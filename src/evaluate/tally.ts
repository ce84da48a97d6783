import type { Tensor } from '../base/tensor.ts';
import type { Predictions } from './predictions.ts';
import type { Step } from './walk-samples.ts';

/** Gathers what one model answers, step by step. */
export interface Tally {
  /** The output the answers are read from. */
  readonly output: string;
  /** Of models that classify. */
  readonly classCount?: number;
  /** Takes what the model gave at the next step. */
  add(outputs: Readonly<Record<string, Tensor>>, step: Step): void;
  /** What was gathered. */
  predictions(classNames?: readonly string[]): Predictions;
}
