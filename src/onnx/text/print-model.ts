import type { Model, ModelFunction } from '../ir/model.ts';
import { GraphPrinter } from './print-graph.ts';
import { quoted } from './quoted.ts';
import { textName } from './text-name.ts';

/** How a model is printed. */
export interface PrintOptions {
  /** Tensors of more elements appear as `{…}`, which people can read and `parseModel` cannot. Default 8. */
  maxValues?: number;
}

/**
 * The model in ONNX's textual syntax (that of `onnx.printer`, with one value or node a line). Not shown, as the syntax
 * has no place for them: doc strings and metadata of nodes and values, types other than tensors, unknown fields.
 * @param options `maxValues: Infinity` gives a text from which `parseModel` makes the same model
 */
export async function printModel(model: Model, { maxValues = 8 }: PrintOptions = {}): Promise<string> {
  const printer = new GraphPrinter(maxValues);
  const parts = [header(model), await printer.graph(model.graph, '')];
  for (const fn of model.functions) parts.push(await printFunction(fn, printer));
  return `${parts.join('\n')}\n`;
}

function header(model: Model): string {
  const fields = [`ir_version: ${model.irVersion}`, `opset_import: ${opsetImports(model.opsetImports)}`];
  if (model.producerName !== '') fields.push(`producer_name: ${quoted(model.producerName)}`);
  if (model.producerVersion !== '') fields.push(`producer_version: ${quoted(model.producerVersion)}`);
  if (model.domain !== '') fields.push(`domain: ${quoted(model.domain)}`);
  if (model.modelVersion !== 0n) fields.push(`model_version: ${model.modelVersion}`);
  if (model.docString !== '') fields.push(`doc_string: ${quoted(model.docString)}`);
  if (model.metadata.size > 0) {
    const entries = [...model.metadata].map(([key, value]) => `${quoted(key)}: ${quoted(value)}`);
    fields.push(`metadata_props: [${entries.join(', ')}]`);
  }
  return `<\n  ${fields.join(',\n  ')}\n>`;
}

function opsetImports(imports: ReadonlyMap<string, number>): string {
  return `[${[...imports].map(([domain, version]) => `${quoted(domain)} : ${version}`).join(', ')}]`;
}

async function printFunction(fn: ModelFunction, printer: GraphPrinter): Promise<string> {
  const fields = [`domain: ${quoted(fn.domain)}`, `opset_import: ${opsetImports(fn.opsetImports)}`];
  if (fn.overload !== '') fields.push(`overload: ${quoted(fn.overload)}`);
  if (fn.docString !== '') fields.push(`doc_string: ${quoted(fn.docString)}`);
  const defaults = [...fn.attributeDefaults].map(([name, value]) => printer.attribute(name, value, ''));
  const attributes = [...fn.attributeNames.map(textName), ...(await Promise.all(defaults))];
  const list = attributes.length > 0 ? ` <${attributes.join(', ')}>` : '';
  const names = (values: readonly { name: string }[]) => values.map(({ name }) => textName(name)).join(', ');
  const signature = `(${names(fn.graph.inputs)}) => (${names(fn.graph.outputs)})`;
  return `<\n  ${fields.join(',\n  ')}\n>\n${textName(fn.name)}${list} ${signature} ${await printer.body(fn.graph, '')}`;
}
