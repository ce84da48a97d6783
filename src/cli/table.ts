import pc from 'picocolors';

/** Rows in columns as wide as their widest cell; a header of empty cells is left out. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = header.some((cell) => cell !== '') ? [header, ...rows] : rows;
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  return all.map((row) => (row === header ? pc.dim(line(row)) : line(row))).join('\n');
}
