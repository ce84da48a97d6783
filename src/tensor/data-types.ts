import type { DataType, TensorData } from '../base/tensor.ts';

interface NumberArrayConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Exclude<TensorData, string[]>;
}

export interface DataTypeFacts {
  /** Number in ONNX's TensorProto.DataType. */
  readonly code: number;
  /** Bits of one element as stored; sub-byte types are packed, low bits first. 0 for strings. */
  readonly bits: number;
  /** The array that holds the stored elements (packed bytes for sub-byte types). */
  readonly array: NumberArrayConstructor | undefined;
}

/** Storage facts of every ONNX element type. Source: onnx.proto, TensorProto.DataType. */
export const dataTypes = {
  float: { code: 1, bits: 32, array: Float32Array },
  uint8: { code: 2, bits: 8, array: Uint8Array },
  int8: { code: 3, bits: 8, array: Int8Array },
  uint16: { code: 4, bits: 16, array: Uint16Array },
  int16: { code: 5, bits: 16, array: Int16Array },
  int32: { code: 6, bits: 32, array: Int32Array },
  int64: { code: 7, bits: 64, array: BigInt64Array },
  string: { code: 8, bits: 0, array: undefined },
  bool: { code: 9, bits: 8, array: Uint8Array },
  float16: { code: 10, bits: 16, array: Uint16Array },
  double: { code: 11, bits: 64, array: Float64Array },
  uint32: { code: 12, bits: 32, array: Uint32Array },
  uint64: { code: 13, bits: 64, array: BigUint64Array },
  complex64: { code: 14, bits: 64, array: Float32Array },
  complex128: { code: 15, bits: 128, array: Float64Array },
  bfloat16: { code: 16, bits: 16, array: Uint16Array },
  float8e4m3fn: { code: 17, bits: 8, array: Uint8Array },
  float8e4m3fnuz: { code: 18, bits: 8, array: Uint8Array },
  float8e5m2: { code: 19, bits: 8, array: Uint8Array },
  float8e5m2fnuz: { code: 20, bits: 8, array: Uint8Array },
  uint4: { code: 21, bits: 4, array: Uint8Array },
  int4: { code: 22, bits: 4, array: Uint8Array },
  float4e2m1: { code: 23, bits: 4, array: Uint8Array },
  float8e8m0: { code: 24, bits: 8, array: Uint8Array },
  uint2: { code: 25, bits: 2, array: Uint8Array },
  int2: { code: 26, bits: 2, array: Uint8Array },
} as const satisfies Record<DataType, DataTypeFacts>;

const byCode = new Map<number, DataType>(
  // The keys of dataTypes are DataType by its `satisfies`; Object.entries widens them to string.
  Object.entries(dataTypes).map(([name, facts]) => [facts.code, name as DataType]),
);

/** The type with that number in TensorProto.DataType, or undefined for numbers ONNX has not assigned. */
export function dataTypeOfCode(code: number): DataType | undefined {
  return byCode.get(code);
}
