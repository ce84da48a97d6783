import { check } from '../base/check.ts';
import type { DataType, Tensor } from '../base/tensor.ts';
import { byteLength } from './byte-length.ts';
import { type DataTypeFacts, dataTypes } from './data-types.ts';

/** A typed view of little-endian bytes; copies only when the bytes are not aligned for the type. */
export function tensorOfBytes(dtype: DataType, shape: readonly number[], bytes: Uint8Array): Tensor {
  const { array }: DataTypeFacts = dataTypes[dtype];
  check(array !== undefined, () => 'string tensors have no bytes');
  check(
    bytes.byteLength === byteLength(dtype, shape),
    () => `${bytes.byteLength} bytes for ${dtype}[${shape}]`,
  );
  const elementBytes = array.BYTES_PER_ELEMENT;
  // Not slice(): a Node Buffer hands out a view there.
  const aligned = bytes.byteOffset % elementBytes === 0 ? bytes : new Uint8Array(bytes);
  return {
    dtype,
    shape,
    data: new array(aligned.buffer, aligned.byteOffset, aligned.byteLength / elementBytes),
  };
}
