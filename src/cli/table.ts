import pc from 'picocolors';
import { textWidth } from './text-width.ts';

export interface TableOptions {
  /** Columns whose cells end at the same place: numbers. */
  alignRight?: readonly number[];
}

/** Rows in columns as wide as their widest cell; a header of empty cells is left out. */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { alignRight = [] }: TableOptions = {},
): string {
  const all = header.some((cell) => cell !== '') ? [header, ...rows] : rows;
  const widths = header.map((_, column) =>
    all.reduce((widest, row) => Math.max(widest, textWidth(row[column] ?? '')), 0),
  );
  const line = (row: readonly string[]) =>
    header
      .map((_, column) => pad(row[column] ?? '', widths[column], alignRight.includes(column)))
      .join('  ')
      .trimEnd();
  return all.map((row) => (row === header ? pc.dim(line(row)) : line(row))).join('\n');
}

function pad(cell: string, width: number, isRight: boolean): string {
  const space = ' '.repeat(width - textWidth(cell));
  return isRight ? space + cell : cell + space;
}
