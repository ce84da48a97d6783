import type { Grouping } from './grouping.ts';
import type { LevelCoding } from './weight-coding.ts';

/**
 * Codes of a matrix [depth, rows] cut along its depth, for the matrix turned around, [rows, depth].
 * @param grouping of the turned matrix: [rows, blocks, block, 1]
 */
export function turnedCoding({ grids, codes }: LevelCoding, grouping: Grouping): LevelCoding {
  const [rows, blocks, block] = grouping.dims;
  const turned = new Uint8Array(codes.length);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < blocks * block; i++) turned[row * blocks * block + i] = codes[i * rows + row];
  const own = Array.from(
    { length: rows * blocks },
    (_, i) => grids.grids[(i % blocks) * rows + Math.floor(i / blocks)],
  );
  return { grids: { ...grids, grouping, grids: own }, codes: turned };
}
