import type { ByteSource } from './byte-source.ts';

/** Bytes that are in memory already; reads are views. */
export function memorySource(bytes: Uint8Array, name = 'model in memory'): ByteSource {
  return {
    name,
    size: bytes.byteLength,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    close: async () => {},
  };
}
