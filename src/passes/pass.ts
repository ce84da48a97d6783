import type { Runner } from '../base/runner.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { ModelFacts } from './facts-of.ts';

export interface PassContext {
  /** Computes constants; a pass that folds nothing does not touch it. */
  readonly runner: Runner;
  /** What `factsOf` found of the model before; passes that ran since are no reason to look again. */
  readonly facts?: ModelFacts;
}

/**
 * A rewrite that leaves the model's results as they are (up to float rounding). Works in place, also on the bodies of
 * If, Loop and Scan. A value that stays keeps its meaning, so facts about values outlive a pass.
 */
export interface Pass {
  readonly name: string;
  readonly summary: string;
  /** Returns how many places it changed; running it again right away must return 0. */
  run(model: Model, context: PassContext): Promise<number>;
}
