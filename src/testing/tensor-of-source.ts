import type { Tensor } from '../base/tensor.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';

/** A lazy tensor in memory, strings as well. */
export async function tensorOfSource(source: TensorSource): Promise<Tensor> {
  if (!source.strings) return readTensorSource(source);
  const data = source.strings.map((text) => new TextDecoder().decode(text));
  return { dtype: source.dtype, shape: source.shape, data };
}
