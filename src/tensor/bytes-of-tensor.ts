import { check } from '../base/check.ts';
import type { Tensor } from '../base/tensor.ts';

/** The tensor's elements as little-endian bytes (a view, not a copy). */
export function bytesOfTensor(tensor: Tensor): Uint8Array {
  const { data } = tensor;
  check(!Array.isArray(data), () => 'string tensors have no bytes');
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
