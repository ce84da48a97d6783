import { create } from '@bufbuild/protobuf';
import type { Graph } from '../ir/graph.ts';
import type { ModelFunction } from '../ir/model.ts';
import type { Node } from '../ir/node.ts';
import type { Value } from '../ir/value.ts';
import {
  type FunctionProto,
  FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type SparseTensorProto,
  type TensorAnnotation,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from '../proto/onnx_pb.ts';
import { subgraphDepthFirst } from '../subgraph-depth-first.ts';
import { stringEntries } from './string-entries.ts';
import type { TensorStore } from './tensor-store.ts';
import { type NestedWriter, writeAttribute } from './write-attribute.ts';
import { writeOpsetImports } from './write-opset-imports.ts';
import { writeType } from './write-type.ts';

/** What GraphReader keeps of a GraphProto for this writer. */
interface ForeignGraph {
  unknown: GraphProto['$unknown'];
  sparseInitializer: SparseTensorProto[];
  quantizationAnnotation: TensorAnnotation[];
}

/** Turns graphs into protobuf messages; tensors go where the store puts them. */
export class GraphWriter {
  readonly #store: TensorStore;
  readonly #nested: NestedWriter;

  constructor(store: TensorStore) {
    this.#store = store;
    this.#nested = { tensor: (tensor) => store.write('', tensor), graph: (graph) => this.write(graph) };
  }

  async write(graph: Graph): Promise<GraphProto> {
    const proto = create(GraphProtoSchema, {
      name: graph.name,
      node: await Promise.all([...graph.nodes].map((node) => this.#node(node))),
      initializer: await Promise.all(
        [...graph.initializers].map((v) => this.#store.write(v.name, v.initializer!)),
      ),
      input: graph.inputs.map(valueInfo),
      output: graph.outputs.map(valueInfo),
      valueInfo: innerValues(graph).map(valueInfo),
      metadataProps: stringEntries(graph.metadata),
    });
    if (graph.docString !== '') proto.docString = graph.docString;
    // `foreign` was filled by GraphReader; graphs made in code have none.
    const foreign = graph.foreign as ForeignGraph | undefined;
    if (foreign) {
      proto.$unknown = foreign.unknown;
      proto.sparseInitializer = foreign.sparseInitializer;
      proto.quantizationAnnotation = foreign.quantizationAnnotation;
    }
    return proto;
  }

  async writeFunction(fn: ModelFunction): Promise<FunctionProto> {
    for (const graph of subgraphDepthFirst(fn.graph)) graph.sort();
    const attributes = [...fn.attributeDefaults].map(([name, a]) => writeAttribute(name, a, this.#nested));
    const proto = create(FunctionProtoSchema, {
      name: fn.name,
      domain: fn.domain,
      input: fn.graph.inputs.map((value) => value.name),
      output: fn.graph.outputs.map((value) => value.name),
      attribute: [...fn.attributeNames],
      attributeProto: await Promise.all(attributes),
      node: await Promise.all([...fn.graph.nodes].map((node) => this.#node(node))),
      valueInfo: innerValues(fn.graph).map(valueInfo),
      opsetImport: writeOpsetImports(fn.opsetImports),
      metadataProps: stringEntries(fn.metadata),
    });
    if (fn.overload !== '') proto.overload = fn.overload;
    if (fn.docString !== '') proto.docString = fn.docString;
    // `foreign` was filled by readFunction from the same message type.
    proto.$unknown = fn.foreign as typeof proto.$unknown;
    return proto;
  }

  async #node(node: Node): Promise<NodeProto> {
    const attributes = [...node.attributes].map(([name, a]) => writeAttribute(name, a, this.#nested));
    const proto = create(NodeProtoSchema, {
      opType: node.opType,
      input: node.inputs.map((value) => value?.name ?? ''),
      output: node.outputs.map((value) => value?.name ?? ''),
      attribute: await Promise.all(attributes),
      metadataProps: stringEntries(node.metadata),
    });
    if (node.name !== '') proto.name = node.name;
    if (node.domain !== '') proto.domain = node.domain;
    if (node.overload !== '') proto.overload = node.overload;
    if (node.docString !== '') proto.docString = node.docString;
    // `foreign` was filled by GraphReader from the same message type.
    proto.$unknown = node.foreign as typeof proto.$unknown;
    return proto;
  }
}

/** Values made inside the graph about which there is something to say. An initializer's tensor tells its type. */
function innerValues(graph: Graph): Value[] {
  const outer = new Set([...graph.inputs, ...graph.outputs]);
  const values = [...graph.initializers].filter((value) => !outer.has(value) && isAnnotated(value));
  for (const node of graph.nodes) {
    for (const value of node.outputs)
      if (value && !outer.has(value) && (value.type || isAnnotated(value))) values.push(value);
  }
  return values;
}

function isAnnotated(value: Value): boolean {
  return value.docString !== '' || value.metadata.size > 0 || value.foreign !== undefined;
}

function valueInfo(value: Value): ValueInfoProto {
  const proto = create(ValueInfoProtoSchema, {
    name: value.name,
    metadataProps: stringEntries(value.metadata),
  });
  if (value.type) proto.type = writeType(value.type);
  if (value.docString !== '') proto.docString = value.docString;
  // `foreign` was filled by GraphReader from the same message type.
  proto.$unknown = value.foreign as typeof proto.$unknown;
  return proto;
}
