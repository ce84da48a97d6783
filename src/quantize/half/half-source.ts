import { readTensorSource } from '../../onnx/ir/read-tensor-source.ts';
import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import { byteLength } from '../../tensor/byte-length.ts';
import { bytesOfTensor } from '../../tensor/bytes-of-tensor.ts';
import { FLOAT16_MAX, toFloat16 } from '../../tensor/float16.ts';

/** A float32 constant in float16, computed when it is written; finite numbers beyond float16's range become its ends. */
export function halfSource(source: TensorSource): TensorSource {
  const { shape } = source;
  const read = async (): Promise<Uint8Array> => {
    // Only float32 constants have float16 twins.
    const numbers = (await readTensorSource(source)).data as Float32Array;
    const data = toFloat16(numbers.map(withinRange));
    return bytesOfTensor({ dtype: 'float16', shape, data });
  };
  return { dtype: 'float16', shape, byteLength: byteLength('float16', shape), read };
}

function withinRange(x: number): number {
  return Number.isFinite(x) ? Math.min(Math.max(x, -FLOAT16_MAX), FLOAT16_MAX) : x;
}
