/**
 * Sub-byte elements as one number each; ONNX packs them low bits first.
 * @param bits 2 or 4
 * @returns `count` codes, sign-extended where `isSigned`
 */
export function unpackCodes(
  bytes: Uint8Array,
  { bits, count, isSigned }: { bits: number; count: number; isSigned: boolean },
): number[] {
  const perByte = 8 / bits;
  const half = 1 << (bits - 1);
  return Array.from({ length: count }, (_, i) => {
    const code = (bytes[Math.floor(i / perByte)] >> ((i % perByte) * bits)) & ((1 << bits) - 1);
    return isSigned && code >= half ? code - 2 * half : code;
  });
}

/** The inverse of `unpackCodes`; the last byte is filled with zeros. */
export function packCodes(codes: readonly number[], bits: number): Uint8Array {
  const perByte = 8 / bits;
  const bytes = new Uint8Array(Math.ceil(codes.length / perByte));
  codes.forEach((code, i) => {
    bytes[Math.floor(i / perByte)] |= (code & ((1 << bits) - 1)) << ((i % perByte) * bits);
  });
  return bytes;
}
