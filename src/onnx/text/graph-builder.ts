import type { Attribute } from '../ir/attribute.ts';
import { Graph } from '../ir/graph.ts';
import { Node } from '../ir/node.ts';
import { Value } from '../ir/value.ts';
import type { AttributeText, GraphText, NameText, NodeText, ValueText } from './syntax-tree.ts';
import type { TextReader } from './text-reader.ts';

/**
 * Makes a graph of its text. All names are declared before nodes are linked: nodes may stand in any order, and
 * subgraphs read the values of the graphs around them.
 */
export class GraphBuilder {
  readonly #reader: TextReader;
  readonly #outer: GraphBuilder | undefined;
  readonly #values = new Map<string, Value>();

  constructor(reader: TextReader, outer?: GraphBuilder) {
    this.#reader = reader;
    this.#outer = outer;
  }

  build(text: GraphText): Graph {
    const graph = new Graph(text.name);
    graph.inputs = text.inputs.map((input) => this.#declare(input));
    for (const input of text.inputs) if (input.tensor) this.#initialize(input, graph);
    for (const described of text.described) if (described.tensor) this.#initialize(described, graph);
    for (const node of text.nodes)
      for (const output of node.outputs) if (output.name !== '') this.#declare(output);
    for (const described of text.described) if (!described.tensor) this.#describe(described);
    for (const node of text.nodes) graph.add(this.#node(node));
    graph.outputs = text.outputs.map((output) => this.#output(output));
    return graph;
  }

  #declare({ name, at, ...rest }: NameText | ValueText): Value {
    if (this.#values.has(name)) throw this.#reader.fail(`"${name}" is made twice`, at);
    const value = new Value(name, 'type' in rest ? rest.type : undefined);
    this.#values.set(name, value);
    return value;
  }

  /** Gives an input its default, or declares an initializer. */
  #initialize(text: ValueText, graph: Graph): void {
    const known = this.#values.get(text.name);
    if (known?.initializer) throw this.#reader.fail(`"${text.name}" is initialized twice`, text.at);
    const value = known ?? this.#declare(text);
    value.initializer = text.tensor;
    value.type ??= text.type;
    graph.adoptInitializer(value);
  }

  #describe({ name, at, type }: ValueText): void {
    const value = this.#values.get(name);
    if (!value) throw this.#reader.fail(`"${name}" is described, but nothing makes it`, at);
    value.type = type ?? value.type;
  }

  #output(text: ValueText): Value {
    const value = this.#resolve(text);
    // A subgraph may hand out a value of an outer graph; its type then belongs there.
    if (this.#values.has(text.name)) value.type = text.type ?? value.type;
    return value;
  }

  #resolve({ name, at }: NameText): Value {
    const value = this.#find(name);
    if (!value) throw this.#reader.fail(`"${name}" is read, but nothing makes it`, at);
    return value;
  }

  #find(name: string): Value | undefined {
    return this.#values.get(name) ?? (this.#outer ? this.#outer.#find(name) : undefined);
  }

  #node(text: NodeText): Node {
    const link = (reference: NameText) => (reference.name === '' ? undefined : this.#resolve(reference));
    const node = new Node({
      opType: text.opType,
      domain: text.domain === 'ai.onnx' ? '' : text.domain,
      name: text.name,
      inputs: text.inputs.map(link),
      outputs: text.outputs.map(link),
      attributes: [...text.attributes].map(([name, value]) => [name, this.#attribute(value)] as const),
    });
    node.overload = text.overload;
    return node;
  }

  #attribute(text: AttributeText): Attribute {
    const build = (graph: GraphText) => new GraphBuilder(this.#reader, this).build(graph);
    if (text.type === 'GRAPH') return { type: 'GRAPH', value: build(text.value) };
    if (text.type === 'GRAPHS') return { type: 'GRAPHS', value: text.value.map(build) };
    return text;
  }
}
