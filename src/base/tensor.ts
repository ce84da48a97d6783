/** ONNX element types, spelled as in ONNX's textual syntax. */
export type DataType =
  | 'float'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'string'
  | 'bool'
  | 'float16'
  | 'double'
  | 'uint32'
  | 'uint64'
  | 'complex64'
  | 'complex128'
  | 'bfloat16'
  | 'float8e4m3fn'
  | 'float8e4m3fnuz'
  | 'float8e5m2'
  | 'float8e5m2fnuz'
  | 'uint4'
  | 'int4'
  | 'float4e2m1'
  | 'float8e8m0'
  | 'uint2'
  | 'int2';

/** Element storage by type: float16 and bfloat16 as their 16 bits, bool as bytes, 2- and 4-bit types packed in bytes. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array
  | string[];

/** A dense row-major tensor in memory. */
export interface Tensor<D extends TensorData = TensorData> {
  /** Element type. */
  readonly dtype: DataType;
  /** Length of each axis; empty for a scalar. */
  readonly shape: readonly number[];
  /** Elements in row-major order, stored as `TensorData` says for the type. */
  readonly data: D;
}
