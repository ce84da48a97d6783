import { Readable } from 'node:stream';
import { CsvError, type Options, parse } from 'csv-parse';
import { readChunks } from '../byte-file.ts';
import { fileProblems } from '../errors.ts';

/** Characters of one record; a quote that is never closed would else swallow the file. */
const MAX_RECORD_SIZE = 2 ** 20;

/** How the cells of a table are told apart. */
export interface RecordFormat {
  delimiter: string;
  /** Take quotes as they are (text that is no CSV). */
  hasQuotes?: boolean;
}

/**
 * The records of a table, plain or gzip, one by one; every record has as many cells as the first. Empty lines are skipped,
 * blanks around cells dropped. Throws a PareError with the line where the table is malformed.
 */
export async function* readRecords(
  path: string,
  { delimiter, hasQuotes = true }: RecordFormat,
): AsyncGenerator<readonly string[], void, undefined> {
  const options: Options = { bom: true, delimiter, skip_empty_lines: true, trim: true };
  const parser = parse({ ...options, max_record_size: MAX_RECORD_SIZE, ...(!hasQuotes && { quote: null }) });
  const bytes = Readable.from(readChunks(path), { objectMode: true });
  bytes.on('error', (error) => parser.destroy(error));
  try {
    for await (const record of bytes.pipe(parser)) yield record;
  } catch (cause) {
    if (cause instanceof CsvError) throw fileProblems(path, [cause.message]);
    throw cause;
  } finally {
    bytes.destroy();
  }
}
