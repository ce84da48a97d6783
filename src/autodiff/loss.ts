import type { z } from 'zod';
import type { Value } from '../onnx/ir/value.ts';
import type { GraphWriter } from '../ops/graph-writer.ts';

/** What a loss is made from. */
export interface LossInputs {
  readonly write: GraphWriter;
  /** What the model says, float: [N, C] or [N, C, …] for classes, any shape else. */
  readonly prediction: Value;
  readonly shape: readonly number[];
  /** Of kind `classes` int64 [N] or [N, …]; of kind `values` float, of the prediction's shape. */
  readonly target: Value;
  /** What each sample counts, float [N]: 1, or 0 for rows that only fill the batch. */
  readonly sampleWeights?: Value | undefined;
}

/** A loss as a fragment of graph: the mean over samples (that count) of what is wrong with each. */
export interface Loss<Options = unknown> {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  /** Whether the target is a class index a sample (or place) or values like the prediction's. */
  readonly target: 'classes' | 'values';
  /** It has a softmax of its own: the prediction is what stands in front of the model's. */
  readonly takesLogits?: boolean;
  readonly options: z.ZodType<Options>;
  /** A scalar. */
  build(inputs: LossInputs, options: Options): Value;
}
