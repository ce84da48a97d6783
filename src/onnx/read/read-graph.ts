import { Graph } from '../ir/graph.ts';
import { Node } from '../ir/node.ts';
import { Value } from '../ir/value.ts';
import type { GraphProto, NodeProto, ValueInfoProto } from '../proto/onnx_pb.ts';
import { readAttribute } from './read-attribute.ts';
import type { TensorReader } from './read-tensor.ts';
import { readType } from './read-type.ts';
import { standardDomain } from './standard-domain.ts';

/**
 * Builds one graph. All names of a scope are declared before its nodes are linked, so files whose nodes are not in
 * order, and subgraphs that read values of the graphs around them, need no special care.
 */
export class GraphReader {
  readonly #tensors: TensorReader;
  readonly #problems: string[];
  readonly #outer: GraphReader | undefined;
  readonly #values = new Map<string, Value>();

  constructor(tensors: TensorReader, problems: string[], outer?: GraphReader) {
    this.#tensors = tensors;
    this.#problems = problems;
    this.#outer = outer;
  }

  read(proto: GraphProto): Graph {
    const graph = new Graph(proto.name);
    graph.docString = proto.docString;
    graph.foreign = {
      unknown: proto.$unknown,
      sparseInitializer: proto.sparseInitializer,
      quantizationAnnotation: proto.quantizationAnnotation,
    };
    for (const { key, value } of proto.metadataProps) graph.metadata.set(key, value);
    graph.inputs = proto.input.map((info) => this.#input(info));
    this.#readInitializers(proto, graph);
    for (const { values } of proto.sparseInitializer) this.declare(values?.name ?? '');
    this.readNodes(proto.node, graph);
    for (const info of proto.valueInfo) if (this.#values.has(info.name)) this.describe(info);
    graph.outputs = proto.output.map((info) => this.#output(info));
    return graph;
  }

  /** Declares the nodes' outputs, then links the nodes and adds them to `graph`. */
  readNodes(protos: readonly NodeProto[], graph: Graph): void {
    for (const proto of protos)
      for (const name of proto.output) if (name !== '') this.#declareNew(name, `a ${proto.opType}`);
    for (const proto of protos) graph.add(this.#readNode(proto));
  }

  /**
   * The value of that name in this scope, created if needed, with what the file says about it. Files may speak of a
   * value twice (as input and as inner value); an initializer's tensor knows its type best.
   */
  describe(info: ValueInfoProto): Value {
    const value = this.declare(info.name);
    if (!value.initializer) value.type = readType(info.type) ?? value.type;
    if (info.docString !== '') value.docString = info.docString;
    value.foreign = info.$unknown ?? value.foreign;
    for (const { key, value: text } of info.metadataProps) value.metadata.set(key, text);
    return value;
  }

  /** The value of that name in this scope or those around it; a missing one is noted as a problem. */
  resolve(name: string, reader: string): Value {
    const value = this.#find(name);
    if (value) return value;
    this.#problems.push(`${reader} reads "${name}", which nothing makes`);
    return this.declare(name);
  }

  #input(info: ValueInfoProto): Value {
    this.#declareNew(info.name, 'an input');
    return this.describe(info);
  }

  #readInitializers(proto: GraphProto, graph: Graph): void {
    for (const tensor of proto.initializer) {
      const value = this.declare(tensor.name);
      if (value.initializer) this.#problems.push(`two initializers are named "${tensor.name}"`);
      value.initializer = this.#tensors.read(tensor);
      const { dtype, shape } = value.initializer;
      value.type ??= { kind: 'tensor', dtype, shape };
      graph.adoptInitializer(value);
    }
  }

  #readNode(proto: NodeProto): Node {
    const where = `node "${proto.name || proto.output[0]}" (${proto.opType})`;
    const node = new Node({
      opType: proto.opType,
      domain: standardDomain(proto.domain),
      name: proto.name,
      inputs: proto.input.map((name) => (name === '' ? undefined : this.resolve(name, where))),
      outputs: proto.output.map((name) => (name === '' ? undefined : this.declare(name))),
      attributes: proto.attribute.map((attribute) => [
        attribute.name,
        readAttribute(attribute, this.#tensors, (g) =>
          new GraphReader(this.#tensors, this.#problems, this).read(g),
        ),
      ]),
    });
    node.overload = proto.overload;
    node.docString = proto.docString;
    node.foreign = proto.$unknown;
    for (const { key, value } of proto.metadataProps) node.metadata.set(key, value);
    return node;
  }

  #output(info: ValueInfoProto): Value {
    const isKnown = this.#find(info.name) !== undefined;
    if (!isKnown) this.#problems.push(`output "${info.name}" is made by nothing`);
    const local = this.#values.get(info.name);
    // A subgraph may hand out a value of an outer graph; its description then belongs there.
    return isKnown && !local ? this.resolve(info.name, 'an output') : this.describe(info);
  }

  #declareNew(name: string, maker: string): void {
    if (this.#values.has(name)) this.#problems.push(`"${name}" is made twice (again by ${maker})`);
    this.declare(name);
  }

  /** The value of that name in this very scope, created if needed. */
  declare(name: string): Value {
    let value = this.#values.get(name);
    if (!value) {
      value = new Value(name);
      this.#values.set(name, value);
    }
    return value;
  }

  #find(name: string): Value | undefined {
    return this.#values.get(name) ?? (this.#outer ? this.#outer.#find(name) : undefined);
  }
}
