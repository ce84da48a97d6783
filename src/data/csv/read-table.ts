import { fileProblems, fileTooLarge } from '../errors.ts';
import type { NumberType } from '../number-types.ts';
import { type Column, columnPlace } from './column-places.ts';
import { NumberRows } from './number-rows.ts';
import { parseNumber } from './parse-number.ts';
import { readRecords } from './read-records.ts';

/** Numbers held of all tables of a data set: 1 GiB. */
const MAX_CELLS = 2 ** 27;
/** Reading stops here: a file of something else is wrong in every cell. */
const MAX_PROBLEMS = 200;

/** Which columns of a table mean what. */
export interface TableLayout {
  hasHeader: boolean;
  delimiter: string;
  dtype: NumberType;
  label: Column | undefined;
  targets: readonly Column[];
  /** Columns by field; undefined: all others in one field. */
  features: Readonly<Record<string, readonly Column[]>> | undefined;
}

/** A table in memory. */
export interface Table {
  readonly rows: number;
  readonly fields: Readonly<Record<string, NumberRows>>;
  readonly targets: NumberRows | undefined;
  /** As written, one a row, where the layout names a label. */
  readonly labels: readonly string[];
}

/** The one field of a table whose features are not named. */
const ALL_FEATURES = 'features';

/**
 * Reads tables of the same columns as one. Every cell that is used must be a finite number of the element type; all
 * problems of a file are thrown together as one PareError.
 */
export async function readTables(
  paths: readonly string[],
  layout: TableLayout,
  where: string,
): Promise<Table> {
  let columns: readonly string[] | undefined;
  let builder: TableBuilder | undefined;
  for (const path of paths) {
    let isFirst = true;
    for await (const record of readRecords(path, layout)) {
      const isHeader = isFirst && layout.hasHeader;
      isFirst = false;
      const names = isHeader ? record : Array.from(record.keys(), String);
      if (columns === undefined || builder === undefined) {
        columns = names;
        builder = new TableBuilder(names, layout, path);
      } else if (isHeader ? names.join('\n') !== columns.join('\n') : names.length !== columns.length)
        throw fileProblems(path, [`its columns are not those of ${paths[0]}`]);
      if (!isHeader) builder.add(record, path);
      if (builder.problems.length > MAX_PROBLEMS) break;
    }
    if (builder && builder.problems.length > 0) throw fileProblems(path, builder.problems);
  }
  if (!builder || builder.table.rows === 0) throw fileProblems(where, ['the table has no rows']);
  return builder.table;
}

interface Part {
  readonly rows: NumberRows;
  readonly places: readonly number[];
}

class TableBuilder {
  readonly problems: string[] = [];
  readonly #parts: readonly (readonly [string, Part])[];
  readonly #targets: Part | undefined;
  readonly #labelPlace: number | undefined;
  readonly #labels: string[] = [];
  readonly #names: readonly string[];
  readonly #dtype: NumberType;
  #cells = 0;
  #rows = 0;

  constructor(names: readonly string[], layout: TableLayout, path: string) {
    this.#names = names;
    this.#dtype = layout.dtype;
    const missing: string[] = [];
    const place = (column: Column): number => {
      const found = columnPlace(column, names);
      if (found === undefined) missing.push(`no column ${JSON.stringify(column)}; found ${names.join(', ')}`);
      return found ?? 0;
    };
    this.#labelPlace = layout.label === undefined ? undefined : place(layout.label);
    const targets = layout.targets.map(place);
    this.#targets = targets.length > 0 ? part(targets) : undefined;
    const judges = [this.#labelPlace, ...targets];
    const others = [...names.keys()].filter((column) => !judges.includes(column));
    this.#parts = layout.features
      ? Object.entries(layout.features).map(([field, columns]) => [field, part(columns.map(place))])
      : [[ALL_FEATURES, part(others)]];
    if (this.#parts.some(([, { places }]) => places.length === 0))
      missing.push('no column is left for features');
    if (missing.length > 0) throw fileProblems(path, missing);
  }

  add(record: readonly string[], path: string): void {
    for (const [, fields] of this.#parts) this.#addPart(fields, record);
    if (this.#targets) this.#addPart(this.#targets, record);
    if (this.#labelPlace !== undefined) this.#labels.push(record[this.#labelPlace]);
    if (this.#labelPlace !== undefined && record[this.#labelPlace] === '')
      this.problems.push(`row ${this.#rows + 1}: the label is empty`);
    this.#rows++;
    if (this.#cells > MAX_CELLS) throw fileTooLarge(path, 8 * this.#cells, 8 * MAX_CELLS);
  }

  #addPart({ rows, places }: Part, record: readonly string[]): void {
    for (const column of places) {
      const value = parseNumber(record[column], this.#dtype);
      if (value === undefined) {
        const shown = JSON.stringify(record[column].slice(0, 40));
        this.problems.push(
          `row ${this.#rows + 1}, column "${this.#names[column]}": ${shown} is no ${this.#dtype} number`,
        );
      }
      rows.push(value ?? 0);
    }
    this.#cells += places.length;
  }

  get table(): Table {
    const fields = Object.fromEntries(this.#parts.map(([field, { rows }]) => [field, rows]));
    return { rows: this.#rows, fields, targets: this.#targets?.rows, labels: this.#labels };
  }
}

function part(places: readonly number[]): Part {
  return { rows: new NumberRows(places.length), places };
}
