import { Inflate } from 'fflate';

/** Packed bytes handed to the decoder at a time, so that a bomb is noticed after little work. */
const PIECE = 65_536;

/**
 * Raw deflate of stated length. Throws an Error, in words for a message, where the data is damaged or unpacks to more or
 * fewer bytes; never holds more than `size` and the decoder's window.
 */
export function inflateBounded(packed: Uint8Array, size: number): Uint8Array {
  const unpacked = new Uint8Array(size);
  let length = 0;
  const inflate = new Inflate((chunk) => {
    if (length + chunk.length > size) throw new Error(`more than ${size} bytes unpacked`);
    unpacked.set(chunk, length);
    length += chunk.length;
  });
  for (let start = 0; start < packed.length; start += PIECE) {
    const end = Math.min(start + PIECE, packed.length);
    inflate.push(packed.subarray(start, end), end === packed.length);
  }
  if (length !== size) throw new Error(`${length} bytes unpacked`);
  return unpacked;
}
