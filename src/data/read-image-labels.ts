import { readFile, stat } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { datasetMissing, fileProblems, fileTooLarge } from './errors.ts';
import { pathKind } from './path-kind.ts';

const MAX_LABEL_FILE_BYTES = 64_000_000;
const MAX_CLASS_INDEX = 999_999;
const COLUMNS = ['file', 'index'] as const;

/** What a table of image labels says. */
export interface ImageLabels {
  /** In the order of the table. */
  readonly rows: readonly { readonly file: string; readonly index: number }[];
  /** Where the table has a column `name`: class names by index; a class without a row goes by its index. */
  readonly classNames?: readonly string[];
}

/**
 * Reads a CSV table with the columns `file` and `index` (class index, from 0) and, if it likes, `name` (class name); other
 * columns are passed over, quoted fields work. All its problems are thrown together as one PareError.
 */
export async function readImageLabels(path: string): Promise<ImageLabels> {
  if ((await pathKind(path)) !== 'file') throw datasetMissing(path);
  const { size } = await stat(path);
  if (size > MAX_LABEL_FILE_BYTES) throw fileTooLarge(path, size, MAX_LABEL_FILE_BYTES);
  return parseImageLabels(await readFile(path), path);
}

function parseImageLabels(text: Uint8Array, path: string): ImageLabels {
  const [header, ...records] = parseRecords(text, path);
  const missing = COLUMNS.filter((column) => !header?.includes(column));
  if (missing.length > 0) {
    const found = header?.map((name) => JSON.stringify(name)).join(', ') ?? 'an empty file';
    throw fileProblems(
      path,
      missing.map((column) => `line 1: no column "${column}"; found ${found}`),
    );
  }

  const [fileColumn, indexColumn, nameColumn] = ['file', 'index', 'name'].map((name) => header.indexOf(name));
  const problems: string[] = [];
  const names = new Map<number, string>();
  const seen = new Set<string>();
  const rows = records.map((record, at) => {
    const row = { file: record[fileColumn], index: toIndex(record[indexColumn]), name: record[nameColumn] };
    const problem = rowProblem(row, record[indexColumn], names, seen);
    if (problem) problems.push(`row ${at + 1}: ${problem}`);
    seen.add(row.file);
    if (row.name !== undefined) names.set(row.index, row.name);
    return { file: row.file, index: row.index };
  });
  if (rows.length === 0) problems.push('the table has no rows');
  if (problems.length > 0) throw fileProblems(path, problems);
  return nameColumn < 0 ? { rows } : { rows, classNames: listNames(names) };
}

function parseRecords(text: Uint8Array, path: string): string[][] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true, trim: true, max_record_size: 65_536 });
  } catch (cause) {
    throw fileProblems(path, [cause instanceof Error ? cause.message : String(cause)]);
  }
}

/** A class index, or NaN. */
function toIndex(text: string): number {
  return /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
}

function rowProblem(
  { file, index, name }: { file: string; index: number; name: string | undefined },
  indexText: string,
  names: ReadonlyMap<number, string>,
  seen: ReadonlySet<string>,
): string | undefined {
  if (Number.isNaN(index))
    return `index is ${JSON.stringify(indexText)}, expected a whole number 0 .. ${MAX_CLASS_INDEX}`;
  if (file === '') return 'file is empty';
  if (seen.has(file)) return `${JSON.stringify(file)} is listed twice`;
  const other = names.get(index);
  if (name !== undefined && other !== undefined && other !== name)
    return `class ${index} is called ${JSON.stringify(name)} here and ${JSON.stringify(other)} before`;
  return undefined;
}

function listNames(names: ReadonlyMap<number, string>): string[] {
  const count = 1 + Array.from(names.keys()).reduce((most, index) => Math.max(most, index), 0);
  return Array.from({ length: count }, (_, index) => names.get(index) ?? String(index));
}
