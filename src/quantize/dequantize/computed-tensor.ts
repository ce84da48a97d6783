import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import { byteLength } from '../../tensor/byte-length.ts';
import { bytesOfTensor } from '../../tensor/bytes-of-tensor.ts';
import type { ElementReader } from '../../tensor/element-reader.ts';
import { elementReader } from '../../tensor/element-reader.ts';
import { brokenQuantization } from './errors.ts';

/** A float32 constant that is computed when it is read. */
export function computedTensor(shape: readonly number[], compute: () => Promise<Float32Array>): TensorSource {
  const read = async (): Promise<Uint8Array> =>
    bytesOfTensor({ dtype: 'float', shape, data: await compute() });
  return { dtype: 'float', shape, byteLength: byteLength('float', shape), read };
}

/** Reads a constant as numbers. @param name for messages */
export async function readNumbers(source: TensorSource, name: string): Promise<ElementReader> {
  const reader = source.strings ? undefined : elementReader(source.dtype, await source.read());
  if (!reader) throw brokenQuantization(name, source.dtype, 'numbers');
  return reader;
}
