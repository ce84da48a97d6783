import type { DataType } from '../../base/tensor.ts';

/**
 * A constant tensor whose bytes are fetched only when needed. Length is known beforehand, so a writer can stream
 * weights that are computed while it writes.
 */
export interface TensorSource {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly byteLength: number;
  /** Little-endian bytes, `byteLength` of them; not for strings. Each call may read anew. */
  read(): Promise<Uint8Array>;
  /** Elements of a string tensor, as bytes; undefined for all other types. */
  readonly strings?: readonly Uint8Array[];
  /** Doc string, metadata and unknown fields of the tensor in the file, for the writer. */
  readonly foreign?: unknown;
}
