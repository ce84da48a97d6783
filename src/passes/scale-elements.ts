import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { bytesOfTensor } from '../tensor/bytes-of-tensor.ts';

/** A lazy float32 tensor, element number `i` multiplied by `factor[channelOf(i)]`; products in float64. */
export function scaleElements(
  source: TensorSource,
  factor: Float64Array,
  channelOf: (i: number) => number,
): TensorSource {
  const { dtype, shape, byteLength } = source;
  const read = async (): Promise<Uint8Array> => {
    const { data } = await readTensorSource(source);
    const scaled = new Float32Array(data.length);
    for (let i = 0; i < scaled.length; i++) scaled[i] = Number(data[i]) * factor[channelOf(i)];
    return bytesOfTensor({ dtype, shape, data: scaled });
  };
  return { dtype, shape, byteLength, read };
}
