import { parseFloatText } from './parse-float-text.ts';
import { parseTensor } from './parse-tensor.ts';
import { parseOptionalType } from './parse-type.ts';
import type { AttributeText, GraphText } from './syntax-tree.ts';
import { isFloatWord } from './text-name.ts';
import type { Literal, TextReader } from './text-reader.ts';

type Single = Extract<AttributeText, { type: 'FLOAT' | 'INT' | 'STRING' | 'TENSOR' | 'GRAPH' }>;

const listTypes = {
  FLOATS: 'FLOAT',
  INTS: 'INT',
  STRINGS: 'STRING',
  TENSORS: 'TENSOR',
  GRAPHS: 'GRAPH',
} as const satisfies Record<string, Single['type']>;

/**
 * What stands behind an attribute's name: an optional `: type`, `=`, and the value. Numbers without a dot or an
 * exponent are INT, unless the type says `float` or `floats`.
 */
export function parseAttributeValue(
  reader: TextReader,
  parseGraph: (name: string) => GraphText,
): AttributeText {
  const { at } = reader;
  const stated = reader.matches(':') ? reader.word('a type').toUpperCase() : undefined;
  reader.expect('=', 'before the value of an attribute');
  const isFloat = stated === 'FLOAT' || stated === 'FLOATS';
  const value = reader.matches('[')
    ? parseList(reader, stated, () => parseSingle(reader, parseGraph, isFloat))
    : parseSingle(reader, parseGraph, isFloat);
  if (stated !== undefined && value.type !== stated) {
    throw reader.fail(`a ${stated.toLowerCase()} is announced, but it is a ${value.type.toLowerCase()}`, at);
  }
  return value;
}

function parseList(reader: TextReader, stated: string | undefined, parseItem: () => Single): AttributeText {
  const { at } = reader;
  const items: Single[] = [];
  if (!reader.matches(']')) {
    do items.push(parseItem());
    while (reader.matches(','));
    reader.expect(']', 'behind a list');
  }
  const type = Object.entries(listTypes).find(([list, item]) =>
    items.length === 0 ? list === stated : item === items[0].type,
  )?.[0];
  if (type === undefined) throw reader.fail('an empty list needs a type, as in ": ints = []"', at);
  if (items.some((item) => item.type !== items[0].type)) throw reader.fail('a list of mixed types', at);
  // All items have the type that belongs to the list's, as was just checked.
  return { type, value: items.map(({ value }) => value) } as AttributeText;
}

function parseSingle(reader: TextReader, parseGraph: (name: string) => GraphText, isFloat: boolean): Single {
  const { at } = reader;
  const type = parseOptionalType(reader);
  if (type) {
    reader.optionalName();
    reader.matches('=');
    return { type: 'TENSOR', value: parseTensor(reader, type, at) };
  }
  if (reader.next === '@') throw reader.fail('a reference to an attribute belongs into a function');
  if (reader.next === '…') throw reader.fail('the value was left out when the model was printed');
  const word = reader.peekWord();
  if (word !== '' && !isFloatWord(word)) return { type: 'GRAPH', value: parseGraph(reader.word('a graph')) };
  const literal = reader.literal('a value');
  if (literal.kind !== 'string') return parseNumber(reader, literal, isFloat);
  if (reader.next === '(') return { type: 'GRAPH', value: parseGraph(literal.text) };
  return { type: 'STRING', value: new TextEncoder().encode(literal.text) };
}

function parseNumber(reader: TextReader, { kind, text, at }: Literal, isFloat: boolean): Single {
  if (isFloat || kind === 'float') return { type: 'FLOAT', value: Math.fround(parseFloatText(text)) };
  const value = BigInt(text);
  if (BigInt.asIntN(64, value) !== value) throw reader.fail(`${text} is no int64`, at);
  return { type: 'INT', value };
}
