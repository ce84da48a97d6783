import type { Value } from '../../onnx/ir/value.ts';
import type { ConvolutionFacts } from './convolution-facts.ts';

/** What the gradient of a convolution's weights is computed from. */
export interface WeightGradient extends ConvolutionFacts {
  /** [N, C, wide …] */
  readonly x: Value;
  /** [N, O, narrow …] */
  readonly dy: Value;
}
