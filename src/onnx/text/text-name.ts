import { dataTypes } from '../../tensor/data-types.ts';
import { quoted } from './quoted.ts';

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
const FLOAT_WORD = /^(inf|infinity|nan)$/i;
/** Words that begin a type although they are no element type pare knows. */
const OTHER_TYPES = new Set([
  'seq',
  'map',
  'optional',
  'sparse_tensor',
  'opaque',
  'float6e2m3',
  'float6e3m2',
]);

/** Whether a bare word begins a type, so that a name spelled like it must be quoted. */
export function isTypeWord(word: string): boolean {
  return Object.hasOwn(dataTypes, word) || OTHER_TYPES.has(word);
}

/** Whether a bare word is a number: `inf`, `infinity`, `nan` in any case. */
export function isFloatWord(word: string): boolean {
  return FLOAT_WORD.test(word);
}

/** A name as the textual syntax wants it: bare where it reads as an identifier, quoted otherwise. */
export function textName(name: string): string {
  const isBare = IDENTIFIER.test(name) && !isTypeWord(name) && !isFloatWord(name);
  return isBare ? name : quoted(name);
}
