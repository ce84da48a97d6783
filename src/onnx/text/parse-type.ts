import type { DataType } from '../../base/tensor.ts';
import { dataTypes } from '../../tensor/data-types.ts';
import type { Dimension, TensorType } from '../ir/type.ts';
import { isTypeWord } from './text-name.ts';
import type { TextReader } from './text-reader.ts';

/** A tensor type, or undefined where none comes next (types may be left out). */
export function parseOptionalType(reader: TextReader): TensorType | undefined {
  return isTypeWord(reader.peekWord()) ? parseType(reader) : undefined;
}

/** `float[N,3,?]`, `float` for a scalar, `float[]` for an unknown rank. */
function parseType(reader: TextReader): TensorType {
  const { at } = reader;
  const word = reader.word('a type');
  if (!isDataType(word)) throw reader.fail(`"${word}" is no tensor type, and others are not read`, at);
  if (!reader.matches('[')) return { kind: 'tensor', dtype: word, shape: [] };
  if (reader.matches(']')) return { kind: 'tensor', dtype: word, shape: undefined };
  const shape: Dimension[] = [];
  do shape.push(parseDimension(reader));
  while (reader.matches(','));
  reader.expect(']', 'behind a shape');
  return { kind: 'tensor', dtype: word, shape };
}

function parseDimension(reader: TextReader): Dimension {
  if (reader.matches('?')) return null;
  return reader.optionalName() ?? reader.count('a dimension');
}

function isDataType(word: string): word is DataType {
  return Object.hasOwn(dataTypes, word);
}
