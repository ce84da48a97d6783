import { z } from 'zod';

/** A column by the name in the header, or by its number from 0. */
export const columnOption = z.union([z.string().min(1), z.int().min(0).max(99_999)], {
  error: 'expected the name of a column, or its number from 0',
});

export type Column = z.output<typeof columnOption>;

/** The number of a column, or undefined where the table has none such. */
export function columnPlace(column: Column, names: readonly string[]): number | undefined {
  const place = typeof column === 'number' ? column : names.indexOf(column);
  return place >= 0 && place < names.length ? place : undefined;
}
