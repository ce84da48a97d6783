import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import type { LayerReport, Limit, Warning } from '../evaluate/report.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { QuantizeOptions } from './options.ts';

export interface QuantizeContext extends Cancellable {
  readonly runner: Runner;
  /** As Node's `process.arch` names the processor. */
  readonly architecture: string;
  /** Samples to calibrate and choose on, where the mode needs such. */
  readonly data?: Dataset | undefined;
  readonly seed: number;
  readonly threads: number;
  /** Collect what only a report shows (histograms, errors of activations); default true. */
  readonly details?: boolean;
}

/** A quantized model, with what was done and chosen. */
export interface QuantizeResult {
  readonly model: Model;
  /** The options with all that was detected and measured filled in. */
  readonly resolved: QuantizeOptions;
  readonly target: string;
  readonly layers: LayerReport[];
  readonly warnings: Warning[];
  /** The limits of the options, with what was reached. */
  readonly limits: Limit[];
}

/** Options in which mode and format of weights are settled; both formats are of those the mode lists. */
export type ModeOptions = QuantizeOptions & {
  readonly mode: NonNullable<QuantizeOptions['mode']>;
  readonly weights: NonNullable<QuantizeOptions['weights']>;
};

/** One way to quantize a model after training: what becomes of weights and of activations. */
export interface Mode {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  /** Names of the formats it can give weights; the first is meant where the user names none. */
  readonly weights: readonly [string, ...string[]];
  /** Names of the formats a user may ask for activations; empty where there is no choice. */
  readonly activations: readonly string[];
  /** Absent: products are computed in integers. */
  readonly computesInFloat?: boolean;
  /** Options that mean nothing in this mode: whoever gives one is told so. */
  readonly refuses?: readonly (keyof QuantizeOptions)[];
  /** May change the given model. */
  run(model: Model, options: ModeOptions, context: QuantizeContext): Promise<QuantizeResult>;
}
