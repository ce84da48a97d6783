import { lookup } from '../base/lookup.ts';
import { parseOneChosen } from '../base/parse-chosen.ts';
import { floatFormats } from './float-formats/index.generated.ts';
import { formats } from './formats/index.generated.ts';
import type { LevelFormatRecord } from './level-format.ts';
import { levelFormats } from './level-formats/index.generated.ts';
import type { StorageFormat } from './weights/storage-options.ts';

const plain: Readonly<Record<string, StorageFormat>> = { ...formats, ...floatFormats };
const kinds: Readonly<Record<string, LevelFormatRecord>> = levelFormats;

/** Names of all formats weights can be stored in. */
export const weightFormatNames: readonly string[] = [...Object.keys(plain), ...Object.keys(kinds)];

/** `codebook:entries=8` → `codebook` */
export function formatName(text: string): string {
  return text.split(':')[0];
}

/** Reads a format and how it is set, as `int8`, `codebook:entries=8`. Throws `unknown-name`, `bad-record-options`. */
export function weightFormat(text: string): StorageFormat {
  const name = formatName(text);
  if (!Object.hasOwn(kinds, name)) return lookup(plain, text, 'format');
  const { record, options } = parseOneChosen(text, kinds, 'format');
  return record.make(options);
}
