import type { Tensor, TensorData } from '../base/tensor.ts';

type Numbers = Exclude<TensorData, string[]>;

/** Tensors of one type and shape along a new first axis. */
export function stackTensors(tensors: readonly Tensor[]): Tensor {
  const [{ dtype, shape, data: first }] = tensors;
  if (Array.isArray(first))
    return {
      dtype,
      shape: [tensors.length, ...shape],
      data: tensors.flatMap(({ data }) => data as string[]),
    };
  // All of one class of arrays, as they have one type.
  const data = new (first.constructor as new (length: number) => Numbers)(tensors.length * first.length);
  for (const [i, tensor] of tensors.entries()) data.set(tensor.data as never, i * first.length);
  return { dtype, shape: [tensors.length, ...shape], data };
}
