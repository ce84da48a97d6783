import { packCodes } from '../../tensor/packed-codes.ts';
import type { Format } from '../format.ts';
import { type GridRule, type GroupGrids, groupGrids } from './group-codes.ts';
import { filledUp, type Grouping, groupingOfCut } from './grouping.ts';

/** A matrix in the form MatMulNBits reads: N rows of blocks along K, codes without a sign, low bits first. */
export interface BlockMatrix {
  readonly grids: GroupGrids;
  readonly bits: number;
  readonly rows: number;
  readonly depth: number;
  readonly block: number;
}

/** C's `roundf` of a number not below 0: ties go up. */
const roundHalfUp = (x: number) => Math.floor(x + 0.5);
const mlasRule: GridRule = { meetsExtreme: () => true, round: roundHalfUp, ofZeros: () => 0 };

/** Grids of a matrix whose rows of length K lie behind each other. */
export function blockMatrix(
  rowMajor: Float32Array,
  depth: number,
  block: number,
  {
    format,
    bits,
    gridsOf = (grouping) => groupGrids(rowMajor, format, grouping, mlasRule),
  }: { format: Format; bits: number; gridsOf?: ((grouping: Grouping) => GroupGrids) | undefined },
): BlockMatrix {
  const rows = rowMajor.length / depth;
  const grouping = groupingOfCut({ outer: rows, length: depth, inner: 1, block });
  return { grids: gridsOf(grouping), bits, rows, depth, block };
}

/**
 * Bytes [N, ceil(K / block), block · bits / 8]: clamp(roundf(w · (1 / scale) + zeroPoint)), in float32, as
 * onnxruntime.quantization's own kernel computes them; 0 behind the end of a row.
 */
export function blockBytes(rowMajor: Float32Array, matrix: BlockMatrix): Uint8Array {
  return packCodes(blockCodes(rowMajor, matrix), matrix.bits);
}

/** The same codes one a byte. */
export function blockCodes(rowMajor: Float32Array, { grids, bits, depth, block }: BlockMatrix): Uint8Array {
  const { grouping, scales, zeroPoints } = grids;
  const middle = 2 ** (bits - 1);
  if (grids.codes) return Uint8Array.from(grids.codes, (code) => (zeroPoints ? code : code + middle));
  const filled = filledUp(rowMajor, grouping);
  const codes = new Uint8Array(filled.length);
  const highest = 2 ** bits - 1;
  const blocks = Math.ceil(depth / block);
  for (let group = 0; group < scales.length; group++) {
    const zeroPoint = zeroPoints?.[group] ?? middle;
    const inverse = scales[group] === 0 ? 0 : Math.fround(1 / scales[group]);
    const start = group * block;
    const end = start + Math.min(block, depth - (group % blocks) * block);
    for (let i = start; i < end; i++) {
      const code = roundHalfUp(Math.fround(Math.fround(filled[i] * inverse) + zeroPoint));
      codes[i] = Math.min(Math.max(code, 0), highest);
    }
  }
  return codes;
}

/** Zero points by row, packed as the codes are; a row of an odd number is filled up with the middle code. */
export function blockZeroPoints({ grids, bits, rows, depth, block }: BlockMatrix): Uint8Array | undefined {
  const { zeroPoints } = grids;
  if (!zeroPoints) return undefined;
  const blocks = Math.ceil(depth / block);
  const perByte = 8 / bits;
  const filled = Math.ceil(blocks / perByte) * perByte;
  const codes = new Uint8Array(rows * filled).fill(2 ** (bits - 1));
  for (let row = 0; row < rows; row++)
    codes.set(zeroPoints.subarray(row * blocks, (row + 1) * blocks), row * filled);
  return packCodes(codes, bits);
}

/** Float32 numbers of a [rows, columns] matrix, transposed. */
export function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(matrix.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) result[j * rows + i] = matrix[i * columns + j];
  return result;
}
