import type { DataType } from '../../base/tensor.ts';
import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import { byteLength } from '../../tensor/byte-length.ts';
import { elementCount } from '../../tensor/element-count.ts';
import { elementReader } from '../../tensor/element-reader.ts';
import { brokenQuantization } from './errors.ts';

const typeOfBits: Readonly<Record<number, DataType>> = { 2: 'uint2', 4: 'uint4', 8: 'uint8' };

/** The type of unsigned codes of so many bits; undefined for widths nobody packs. */
export function typeOfWidth(bits: number): DataType | undefined {
  return typeOfBits[bits];
}

/** The bytes of a uint8 tensor as packed codes of another shape. Throws `broken-quantization` where they are too few or many. */
export function packedCodes(
  source: TensorSource,
  dtype: DataType,
  shape: readonly number[],
  name: string,
): TensorSource {
  const length = byteLength(dtype, shape);
  if (source.byteLength !== length)
    throw brokenQuantization(name, `${source.byteLength} bytes`, `${length}: ${dtype}[${shape}]`);
  return { dtype, shape, byteLength: length, read: () => source.read() };
}

/**
 * Zero points [rows …, blocks] that lie packed in bytes, each row filled up to a whole byte; as one byte each.
 * @param shape of the scales
 */
export function unpackedZeroPoints(
  source: TensorSource,
  dtype: DataType,
  shape: readonly number[],
  name: string,
): TensorSource {
  const columns = shape.at(-1) ?? 1;
  const count = elementCount(shape);
  const rows = columns === 0 ? 0 : count / columns;
  const rowBytes = byteLength(dtype, [columns]);
  if (source.byteLength !== rows * rowBytes)
    throw brokenQuantization(name, `${source.byteLength} bytes of zero points`, `${rows * rowBytes}`);
  const read = async (): Promise<Uint8Array> => {
    const bytes = await source.read();
    const result = new Uint8Array(count);
    for (let row = 0; row < rows; row++) {
      const code = elementReader(dtype, bytes.subarray(row * rowBytes, (row + 1) * rowBytes))!;
      for (let i = 0; i < columns; i++) result[row * columns + i] = code(i);
    }
    return result;
  };
  return { dtype: 'uint8', shape, byteLength: count, read };
}

/** The same zero point everywhere. */
export function equalZeroPoints(value: number, shape: readonly number[]): TensorSource {
  const byteCount = elementCount(shape);
  return {
    dtype: 'uint8',
    shape,
    byteLength: byteCount,
    read: async () => new Uint8Array(byteCount).fill(value),
  };
}
