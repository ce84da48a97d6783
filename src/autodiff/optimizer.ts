import type { z } from 'zod';
import type { Value } from '../onnx/ir/value.ts';
import type { GraphWriter } from '../ops/graph-writer.ts';

/** One update of all parameters, laid end to end in flat float vectors of equal length. */
export interface UpdateInputs {
  readonly write: GraphWriter;
  readonly parameters: Value;
  readonly gradient: Value;
  /** The optimizer's vectors, in the order of `state`; zeros at first. */
  readonly state: readonly Value[];
  /** Learning rate, a scalar; times `rates` where groups differ. */
  readonly rate: Value;
  /** Steps made, this one included; a float scalar. */
  readonly step: Value;
  /** Learning rate and weight decay relative to the common ones, a number a parameter; absent where all are 1. */
  readonly rates?: Value | undefined;
  readonly decays?: Value | undefined;
  /** Where each parameter lies, for optimizers that look at whole tensors (LAMB). */
  readonly lengths: readonly number[];
}

/** An optimizer as a fragment of graph. */
export interface Optimizer<Options = unknown> {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  /** A learning rate that does for most networks. */
  readonly commonRate: number;
  /** Names of its state vectors under these options. */
  state(options: Options): readonly string[];
  /** The new parameters and the new state. */
  build(inputs: UpdateInputs, options: Options): { parameters: Value; state: Value[] };
}
