import type { TensorType } from '../onnx/ir/type.ts';
import type { InferenceContext } from './op.ts';

/** Shape rule of operators whose first output looks like their first input. */
export function sameAsInput({ type }: InferenceContext): (TensorType | undefined)[] {
  return [type(0)];
}
