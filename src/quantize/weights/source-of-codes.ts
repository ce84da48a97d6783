import type { DataType } from '../../base/tensor.ts';
import type { TensorSource } from '../../onnx/ir/tensor-source.ts';
import { dataTypes } from '../../tensor/data-types.ts';
import { packCodes } from '../../tensor/packed-codes.ts';

type Codes = Int8Array | Uint8Array;

/** Codes, one each, as a constant of an integer type, packed where the type has fewer than 8 bits. */
export function sourceOfCodes(dtype: DataType, shape: readonly number[], codes: Codes): TensorSource {
  const bytes = bytesOfCodes(dtype, codes);
  return { dtype, shape, byteLength: bytes.byteLength, read: async () => bytes };
}

/** The codes as ONNX stores them. */
export function bytesOfCodes(dtype: DataType, codes: Codes): Uint8Array {
  const { bits } = dataTypes[dtype];
  if (bits < 8) return packCodes(codes, bits);
  return new Uint8Array(codes.buffer, codes.byteOffset, codes.byteLength);
}
