import { elementCount } from '../../tensor/element-count.ts';
import type { Attribute } from '../ir/attribute.ts';
import type { Graph } from '../ir/graph.ts';
import type { Node } from '../ir/node.ts';
import type { TensorSource } from '../ir/tensor-source.ts';
import type { Value } from '../ir/value.ts';
import { floatText } from './float-text.ts';
import { printElements } from './print-elements.ts';
import { printType } from './print-type.ts';
import { quoted } from './quoted.ts';
import { textName } from './text-name.ts';

const STEP = '  ';

/** Prints graphs, nodes and attributes; a graph begins where its attribute stands and goes on at `indent`. */
export class GraphPrinter {
  readonly #maxValues: number;

  /** @param maxValues tensors of more elements appear as `{…}` */
  constructor(maxValues: number) {
    this.#maxValues = maxValues;
  }

  async graph(graph: Graph, indent: string): Promise<string> {
    const values = (list: readonly Value[]) => list.map(valueText).join(', ');
    const signature = `${textName(graph.name)} (${values(graph.inputs)}) => (${values(graph.outputs)})`;
    return `${signature} ${await this.body(graph, indent)}`;
  }

  /** Initializers and described values in `<…>`, then the nodes in `{…}`. */
  async body(graph: Graph, indent: string): Promise<string> {
    const inner = indent + STEP;
    const described = await Promise.all([...graph.initializers].map((value) => this.#initializer(value)));
    const outer = new Set([...graph.inputs, ...graph.outputs]);
    for (const node of graph.nodes) {
      for (const value of node.outputs)
        if (value?.type?.kind === 'tensor' && !outer.has(value)) described.push(valueText(value));
    }
    const head = described.length > 0 ? `<\n${inner}${described.join(`,\n${inner}`)}\n${indent}> ` : '';
    const nodes = await Promise.all([...graph.nodes].map((node) => this.#node(node, inner)));
    return `${head}{\n${nodes.map((line) => `${inner}${line}\n`).join('')}${indent}}`;
  }

  async attribute(name: string, attribute: Attribute, indent: string): Promise<string> {
    const isEmptyList =
      'value' in attribute && Array.isArray(attribute.value) && attribute.value.length === 0;
    // Only the type tells what an empty list is a list of.
    const type = isEmptyList ? `: ${attribute.type.toLowerCase()}` : '';
    return `${textName(name)}${type} = ${await this.#attributeValue(attribute, indent)}`;
  }

  async #node(node: Node, indent: string): Promise<string> {
    const name = node.name === '' ? '' : `[${textName(node.name)}] `;
    const outputs = node.outputs.map(reference).join(', ');
    const domain = node.domain === '' ? '' : `${domainText(node.domain)}.`;
    const overload = node.overload === '' ? '' : `:${textName(node.overload)}`;
    const attributes = await Promise.all([...node.attributes].map(([n, a]) => this.attribute(n, a, indent)));
    const settings = attributes.length > 0 ? ` <${attributes.join(', ')}>` : '';
    const inputs = ` (${node.inputs.map(reference).join(', ')})`;
    // A long body is easier to read behind what it is applied to.
    const rest = settings.includes('\n') ? inputs + settings : settings + inputs;
    return `${name}${outputs} = ${domain}${textName(node.opType)}${overload}${rest}`;
  }

  async #attributeValue(attribute: Attribute, indent: string): Promise<string> {
    switch (attribute.type) {
      case 'FLOAT':
        return attributeFloat(attribute.value);
      case 'INT':
        return String(attribute.value);
      case 'STRING':
        return attributeString(attribute.value);
      case 'TENSOR':
        return this.#tensor(attribute.value);
      case 'GRAPH':
        return this.graph(attribute.value, indent);
      case 'FLOATS':
        return list(attribute.value.map(attributeFloat));
      case 'INTS':
        return list(attribute.value.map(String));
      case 'STRINGS':
        return list(attribute.value.map(attributeString));
      case 'TENSORS':
        return list(await Promise.all(attribute.value.map((tensor) => this.#tensor(tensor))));
      case 'GRAPHS':
        return list(await Promise.all(attribute.value.map((graph) => this.graph(graph, indent))));
      case 'REFERENCE':
        return `@${textName(attribute.name)}`;
      case 'OTHER':
        return '…';
    }
  }

  async #initializer(value: Value): Promise<string> {
    // Only values that carry a tensor are initializers (Graph.adoptInitializer checks it).
    const tensor = value.initializer as TensorSource;
    return `${tensorType(tensor)} ${textName(value.name)} = ${await this.#elements(tensor)}`;
  }

  async #tensor(tensor: TensorSource): Promise<string> {
    return `${tensorType(tensor)} ${await this.#elements(tensor)}`;
  }

  async #elements(tensor: TensorSource): Promise<string> {
    if (elementCount(tensor.shape) > this.#maxValues) return '{…}';
    return `{${(await printElements(tensor)).join(', ')}}`;
  }
}

function tensorType({ dtype, shape }: TensorSource): string {
  return printType({ kind: 'tensor', dtype, shape });
}

function valueText(value: Value): string {
  const type = value.type?.kind === 'tensor' ? `${printType(value.type)} ` : '';
  return type + textName(value.name);
}

function reference(value: Value | undefined): string {
  return value ? textName(value.name) : '""';
}

/** Domains are dotted identifiers; others (an extension of the syntax) are quoted as a whole. */
function domainText(domain: string): string {
  const parts = domain.split('.');
  return parts.every((part) => textName(part) === part) ? domain : quoted(domain);
}

/** With a dot or an exponent, so that it does not read back as an INT. */
function attributeFloat(value: number): string {
  const text = floatText(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function attributeString(bytes: Uint8Array): string {
  return quoted(new TextDecoder().decode(bytes));
}

function list(items: readonly string[]): string {
  return `[${items.join(', ')}]`;
}
