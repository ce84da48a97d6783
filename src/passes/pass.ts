import type { Runner } from '../base/runner.ts';
import type { Model } from '../onnx/ir/model.ts';

export interface PassContext {
  /** Computes constants; a pass that folds nothing does not touch it. */
  readonly runner: Runner;
}

/** A rewrite that leaves the model's results as they are (up to float rounding). Works in place. */
export interface Pass {
  readonly name: string;
  readonly summary: string;
  /** Returns how many places it changed; running it again right away must return 0. */
  run(model: Model, context: PassContext): Promise<number>;
}
