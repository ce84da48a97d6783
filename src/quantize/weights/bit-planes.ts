import { packCodes } from '../../tensor/packed-codes.ts';

/** Some bits of all codes, as many codes a byte as go into one. */
export interface BitPlane {
  /** 1, 2, 4 or 8. */
  readonly bits: number;
  /** Place of its lowest bit in a code. */
  readonly shift: number;
  readonly bytes: Uint8Array;
}

/** Widths that go into a byte without rest. */
const WIDTHS = [8, 4, 2, 1];

/**
 * Codes of any number of bits without a bit wasted: bytes hold 8, 4, 2 or 1 bits of each, so that 3 bits are 2 and 1, 7 are 4,
 * 2 and 1. The lowest bits are in the first plane.
 */
export function bitPlanes(codes: Uint8Array, bits: number): BitPlane[] {
  const planes: BitPlane[] = [];
  let shift = 0;
  for (const width of WIDTHS) {
    if (bits - shift < width) continue;
    const part = codes.map((code) => (code >> shift) & (2 ** width - 1));
    planes.push({ bits: width, shift, bytes: packCodes(part, width) });
    shift += width;
  }
  return planes;
}
