import type { TensorType } from '../onnx/ir/type.ts';
import { broadcast } from './broadcast.ts';
import type { InferenceContext } from './op.ts';

/** Shape rule of operators whose inputs broadcast: the element type is the first input's. */
export function inferBroadcast({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const types = node.inputs.map((_, index) => type(index));
  const known = types.find((t) => t);
  return known ? [{ ...known, shape: broadcast(types.map((t) => t?.shape)) }] : [];
}
