import type { Tensor } from '../../base/tensor.ts';
import { tensorOfBytes } from '../../tensor/tensor-of-bytes.ts';
import type { TensorSource } from './tensor-source.ts';

/** Fetches a lazy tensor into memory. */
export async function readTensorSource(source: TensorSource): Promise<Tensor> {
  return tensorOfBytes(source.dtype, source.shape, await source.read());
}
