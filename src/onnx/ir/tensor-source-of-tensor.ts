import type { Tensor } from '../../base/tensor.ts';
import { bytesOfTensor } from '../../tensor/bytes-of-tensor.ts';
import type { TensorSource } from './tensor-source.ts';

/** A tensor in memory as a tensor source. */
export function tensorSourceOfTensor(tensor: Tensor): TensorSource {
  const bytes = bytesOfTensor(tensor);
  return { dtype: tensor.dtype, shape: tensor.shape, byteLength: bytes.byteLength, read: async () => bytes };
}
