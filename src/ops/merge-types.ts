import type { TensorType } from '../onnx/ir/type.ts';

/** What holds of a value that may be of either type: lengths that differ are unknown. */
export function mergeTypes(a: TensorType | undefined, b: TensorType | undefined): TensorType | undefined {
  if (!a || !b || a.dtype !== b.dtype) return undefined;
  const shape =
    a.shape && a.shape.length === b.shape?.length
      ? a.shape.map((n, axis) => (n === b.shape?.[axis] ? n : null))
      : undefined;
  return { ...a, shape };
}
