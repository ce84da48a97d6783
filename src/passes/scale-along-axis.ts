import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import type { TensorSource } from '../onnx/ir/tensor-source.ts';
import { bytesOfTensor } from '../tensor/bytes-of-tensor.ts';
import { elementCount } from '../tensor/element-count.ts';

/** A lazy float32 tensor, multiplied by `factor[i]` at index i of `axis`; products in float64. */
export function scaleAlongAxis(source: TensorSource, factor: Float64Array, axis: number): TensorSource {
  const { dtype, shape, byteLength } = source;
  const inner = elementCount(shape.slice(axis + 1));
  const read = async (): Promise<Uint8Array> => {
    const { data } = await readTensorSource(source);
    const scaled = Float32Array.from(data as Float32Array);
    for (let i = 0; i < scaled.length; i++) scaled[i] *= factor[Math.floor(i / inner) % factor.length];
    return bytesOfTensor({ dtype, shape, data: scaled });
  };
  return { dtype, shape, byteLength, read };
}
