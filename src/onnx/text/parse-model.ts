import { checkModel } from '../check-model.ts';
import { Graph } from '../ir/graph.ts';
import { Model } from '../ir/model.ts';
import { GraphBuilder } from './graph-builder.ts';
import { parseGraph } from './parse-graph.ts';
import { TextReader } from './text-reader.ts';

/**
 * A model from ONNX's textual syntax (as of `onnx.parser`):
 *
 *     <ir_version: 8, opset_import: ["" : 13]>
 *     name (float[N,2] x) => (float[N,2] y) <float[2] w = {1, 2}> { y = Mul (x, w) }
 *
 * Not read: functions, types other than tensors. Beyond `onnx.parser`: elements must match their type in number and
 * range, 2- and 4-bit elements are one number each, and operators, domains and attributes may be quoted.
 * @param source what the text is, for error messages
 * @throws PareError `bad-model-text` with line and column; `broken-model` as `readModel`
 */
export function parseModel(text: string, source = 'model text'): Model {
  const reader = new TextReader(text, source);
  const model = new Model(new Graph());
  if (reader.matches('<')) {
    do parseHeaderField(reader, model);
    while (reader.matches(','));
    reader.expect('>', 'behind the header');
  }
  const graph = parseGraph(reader, reader.name('the name of the graph'));
  if (reader.next !== '') throw reader.fail(afterwards(reader));
  model.graph = new GraphBuilder(reader).build(graph);
  checkModel(model, source);
  return model;
}

function parseHeaderField(reader: TextReader, model: Model): void {
  const { at } = reader;
  const key = reader.word('a field of the header');
  reader.expect(':', `behind "${key}"`);
  if (!Object.hasOwn(headerFields, key))
    throw reader.fail(`there is no field "${key}"; there are ${Object.keys(headerFields).join(', ')}`, at);
  headerFields[key](reader, model);
}

const headerFields: Record<string, (reader: TextReader, model: Model) => void> = {
  ir_version: (reader, model) => {
    model.irVersion = reader.count('the IR version');
  },
  opset_import: (reader, model) => {
    parseEntries(reader, (domain) => {
      model.opsetImports.set(domain === 'ai.onnx' ? '' : domain, reader.count('a version'));
    });
  },
  producer_name: (reader, model) => {
    model.producerName = reader.string('a name');
  },
  producer_version: (reader, model) => {
    model.producerVersion = reader.string('a version');
  },
  domain: (reader, model) => {
    model.domain = reader.string('a domain');
  },
  model_version: (reader, model) => {
    model.modelVersion = BigInt(reader.count('a version'));
  },
  doc_string: (reader, model) => {
    model.docString = reader.string('a text');
  },
  metadata_props: (reader, model) => {
    parseEntries(reader, (key) => model.metadata.set(key, reader.string('a text')));
  },
};

/** `["key" : value, …]` */
function parseEntries(reader: TextReader, parseEntry: (key: string) => void): void {
  reader.expect('[', 'before a list');
  if (reader.matches(']')) return;
  do {
    const key = reader.string('a key');
    reader.expect(':', `behind "${key}"`);
    parseEntry(key);
  } while (reader.matches(','));
  reader.expect(']', 'behind a list');
}

/** Functions begin with a header of their own. */
function afterwards(reader: TextReader): string {
  return reader.next === '<' ? 'functions are not read' : 'the graph has ended, but the text goes on';
}
