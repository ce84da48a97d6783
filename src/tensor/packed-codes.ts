interface CodeWidth {
  /** 1, 2, 4 or 8. */
  readonly bits: number;
  readonly count: number;
  readonly isSigned: boolean;
}

/** Packed elements as one number each, sign-extended where `isSigned`; ONNX packs them low bits first. */
export function unpackCodes(bytes: Uint8Array, { bits, count, isSigned }: CodeWidth): Int8Array | Uint8Array {
  const codes = isSigned ? new Int8Array(count) : new Uint8Array(count);
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  const shift = 32 - bits;
  for (let i = 0; i < count; i++) {
    const code = (bytes[Math.floor(i / perByte)] >> ((i % perByte) * bits)) & mask;
    codes[i] = isSigned ? (code << shift) >> shift : code;
  }
  return codes;
}

/** The inverse of `unpackCodes`; the last byte is filled with zeros. */
export function packCodes(codes: ArrayLike<number>, bits: number): Uint8Array {
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  const bytes = new Uint8Array(Math.ceil(codes.length / perByte));
  for (let i = 0; i < codes.length; i++)
    bytes[Math.floor(i / perByte)] |= (codes[i] & mask) << ((i % perByte) * bits);
  return bytes;
}
