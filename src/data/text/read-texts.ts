import { readChunks } from '../byte-file.ts';
import { columnPlace } from '../csv/column-places.ts';
import { readRecords } from '../csv/read-records.ts';
import { fileProblems, fileTooLarge } from '../errors.ts';
import type { TextFormat } from './text-options.ts';

/** Bound on the characters of all texts held. */
const MAX_CHARACTERS = 2 ** 28;
const MAX_PROBLEMS = 200;

/** A text with its label as written, where the format has labels. */
export interface LabelledText {
  readonly text: string;
  readonly label?: string;
}

/** Has the format labels? */
export function hasLabels({ format }: TextFormat): boolean {
  return format === 'label-first' || (typeof format === 'object' && format.label !== undefined);
}

/** The texts of files in the format, one a line or row, empty lines passed over; malformed lines come together as one PareError. */
export async function readTexts(paths: readonly string[], format: TextFormat): Promise<LabelledText[]> {
  const texts: LabelledText[] = [];
  let characters = 0;
  for (const path of paths)
    for await (const item of readFormat(path, format)) {
      characters += item.text.length + 16;
      if (characters > MAX_CHARACTERS) throw fileTooLarge(path, characters, MAX_CHARACTERS);
      texts.push(item);
    }
  return texts;
}

function readFormat(path: string, { format, delimiter }: TextFormat): AsyncGenerator<LabelledText> {
  if (typeof format === 'object') return readColumns(path, format, delimiter);
  return readLines(path, format);
}

async function* readColumns(
  path: string,
  { text, label }: Exclude<TextFormat['format'], string>,
  delimiter: string,
): AsyncGenerator<LabelledText> {
  let places: { text: number; label: number | undefined } | undefined;
  for await (const record of readRecords(path, { delimiter })) {
    if (places) {
      yield { text: record[places.text], ...(places.label !== undefined && { label: record[places.label] }) };
      continue;
    }
    const find = (column: string | number) => {
      const place = columnPlace(column, record);
      if (place === undefined)
        throw fileProblems(path, [`line 1: no column ${JSON.stringify(column)}; found ${record.join(', ')}`]);
      return place;
    };
    places = { text: find(text), label: label === undefined ? undefined : find(label) };
  }
}

async function* readLines(path: string, format: 'label-first' | 'plain'): AsyncGenerator<LabelledText> {
  const problems: string[] = [];
  let number = 0;
  for await (const line of linesOf(path)) {
    number++;
    if (line.trim() === '') continue;
    const [, label, text] = /^\s*(\S+)\s+(.*\S)\s*$/.exec(line) ?? [];
    if (format === 'plain') yield { text: line.trim() };
    else if (text !== undefined) yield { text, label };
    else problems.push(`line ${number}: expected "label text", got ${JSON.stringify(line.slice(0, 60))}`);
    if (problems.length > MAX_PROBLEMS) break;
  }
  if (problems.length > 0) throw fileProblems(path, problems);
}

/** Lines of a UTF-8 file, plain or gzip. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of readChunks(path)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_CHARACTERS) throw fileTooLarge(path, rest.length, MAX_CHARACTERS);
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  rest += decoder.decode();
  if (rest !== '') yield rest.replace(/\r$/, '');
}
