import type { TensorSource } from '../onnx/ir/tensor-source.ts';

/** Constants never change: each is read once, whatever the rounds of cleaning. */
const known = new WeakMap<TensorSource, number>();

/** A 32-bit hash of a constant's bytes (FNV-1a, four bytes at a time). Equal constants have equal hashes. */
export async function hashOfSource(source: TensorSource): Promise<number> {
  let hash = known.get(source);
  if (hash === undefined) {
    hash = hashOf(await source.read());
    known.set(source, hash);
  }
  return hash;
}

function hashOf(bytes: Uint8Array): number {
  const isAligned = bytes.byteOffset % 4 === 0;
  const { buffer, byteOffset } = isAligned ? bytes : new Uint8Array(bytes);
  const words = new Uint32Array(buffer, byteOffset, Math.floor(bytes.length / 4));
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word, 0x01000193) ^ (hash >>> 15);
  for (const byte of bytes.subarray(words.length * 4)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
