import type { z } from 'zod';
import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Cleaning, LayerReport, Limit, Warning } from '../evaluate/report.ts';
import type { Model } from '../onnx/ir/model.ts';

/** What a step may use; roles of data are separate, so that nothing is chosen on what is scored. */
export interface StepContext extends Cancellable {
  readonly runner: Runner;
  /** As Node's `process.arch` names the processor. */
  readonly architecture: string;
  /** Samples to calibrate, train and choose on; inputs bound to the model's. */
  readonly data?: Dataset | undefined;
  readonly seed: number;
  readonly threads: number;
  /** Collect what only a report shows; default true. */
  readonly details?: boolean;
}

export interface StepResult<Options> {
  readonly model: Model;
  /** The options with everything measured or detected filled in: what a replay needs to give the same bytes. */
  readonly resolved: Options;
  readonly target?: string;
  readonly layers: LayerReport[];
  readonly warnings: Warning[];
  /** Limits stated in the options, with what was reached. */
  readonly limits?: Limit[];
  /** What cleaning did, where that was the step. */
  readonly cleaning?: Cleaning;
}

/** Number formats of a compressed model. */
export interface Variant {
  readonly weights: string;
  /** Absent: float32, or what an integer engine makes of it. */
  readonly activations: string | undefined;
  readonly computesInFloat: boolean;
}

/** One way to change a model. Every CLI command that changes one is a recipe of one step. */
export interface Step<Options = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  /** What tells the result from other variants of the model, where file layouts name files by that. */
  variant?(options: Options): Variant;
  /** May change the given model; the result's model may share its lazy tensors. */
  run(model: Model, options: Options, context: StepContext): Promise<StepResult<Options>>;
}
