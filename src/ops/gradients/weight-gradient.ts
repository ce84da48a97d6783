import type { Value } from '../../onnx/ir/value.ts';
import type { Window } from './window.ts';

/** What the gradient of a convolution's weights is computed from. */
export interface WeightGradient {
  /** [N, C, wide …] */
  readonly x: Value;
  /** [N, O, narrow …] */
  readonly dy: Value;
  readonly window: Window;
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly groups: number;
}
