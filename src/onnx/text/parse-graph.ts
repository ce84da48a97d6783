import { parseAttributeValue } from './parse-attribute.ts';
import { parseTensor } from './parse-tensor.ts';
import { parseOptionalType } from './parse-type.ts';
import type { AttributeText, GraphText, NameText, NodeText, ValueText } from './syntax-tree.ts';
import type { TextReader } from './text-reader.ts';

/** Graphs nest in attributes; texts nested deeper than any model are refused before the stack overflows. */
const MAX_DEPTH = 100;

/** What follows a graph's name: inputs, outputs, described values, nodes. */
export function parseGraph(reader: TextReader, name: string, depth = 0): GraphText {
  if (depth > MAX_DEPTH) throw reader.fail(`graphs are nested more than ${MAX_DEPTH} deep`);
  const inputs = parseValues(reader, '(', ')');
  reader.expect('=>', 'between inputs and outputs');
  const outputs = parseValues(reader, '(', ')');
  const described = reader.next === '<' ? parseValues(reader, '<', '>') : [];
  const nodes: NodeText[] = [];
  reader.expect('{', 'before the nodes');
  while (!reader.matches('}')) nodes.push(parseNode(reader, depth));
  return { name, inputs, outputs, described, nodes };
}

function parseValues(reader: TextReader, open: string, close: string): ValueText[] {
  const values: ValueText[] = [];
  reader.expect(open, 'before a list of values');
  if (reader.matches(close)) return values;
  do values.push(parseValue(reader));
  while (reader.matches(','));
  reader.expect(close, 'behind a list of values');
  return values;
}

function parseValue(reader: TextReader): ValueText {
  const type = parseOptionalType(reader);
  const { at } = reader;
  const name = reader.name('the name of a value');
  if (!reader.matches('=')) return { name, at, type, tensor: undefined };
  if (!type) throw reader.fail('a tensor needs a type', at);
  return { name, at, type, tensor: parseTensor(reader, type, at) };
}

function parseNode(reader: TextReader, depth: number): NodeText {
  let name = '';
  if (reader.matches('[')) {
    name = reader.optionalName() ?? '';
    reader.expect(']', 'behind the name of a node');
  }
  const outputs = parseReferences(reader);
  reader.expect('=', 'behind the outputs of a node');
  const path = [reader.name('an operator')];
  while (reader.matches('.')) path.push(reader.name('an operator'));
  const overload = reader.matches(':') ? reader.name('an overload') : '';
  const before = parseAttributes(reader, depth);
  reader.expect('(', 'before the inputs of a node');
  const inputs = parseReferences(reader);
  reader.expect(')', 'behind the inputs of a node');
  // Attributes may stand before or behind the inputs.
  const attributes = before.size > 0 ? before : parseAttributes(reader, depth);
  const opType = path[path.length - 1];
  return { name, domain: path.slice(0, -1).join('.'), opType, overload, inputs, outputs, attributes };
}

/** Names separated by commas. Nothing before a comma is a name left out, as is `""`; a last comma means nothing. */
function parseReferences(reader: TextReader): NameText[] {
  const names: NameText[] = [];
  do {
    const { at } = reader;
    const name = reader.optionalName() ?? (reader.next === ',' ? '' : undefined);
    if (name === undefined) break;
    names.push({ name, at });
  } while (reader.matches(','));
  return names;
}

function parseAttributes(reader: TextReader, depth: number): Map<string, AttributeText> {
  const attributes = new Map<string, AttributeText>();
  if (!reader.matches('<')) return attributes;
  do {
    const { at } = reader;
    const name = reader.name('the name of an attribute');
    if (attributes.has(name)) throw reader.fail(`attribute "${name}" is given twice`, at);
    attributes.set(
      name,
      parseAttributeValue(reader, (inner) => parseGraph(reader, inner, depth + 1)),
    );
  } while (reader.matches(','));
  reader.expect('>', 'behind the attributes');
  return attributes;
}
