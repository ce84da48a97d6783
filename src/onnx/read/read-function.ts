import { Graph } from '../ir/graph.ts';
import type { ModelFunction } from '../ir/model.ts';
import type { FunctionProto } from '../proto/onnx_pb.ts';
import { readAttribute } from './read-attribute.ts';
import { GraphReader } from './read-graph.ts';
import { readOpsetImports } from './read-opset-imports.ts';
import type { TensorReader } from './read-tensor.ts';
import { standardDomain } from './standard-domain.ts';
import { stringMap } from './string-map.ts';

/** A function of the model file, its body as a graph of its own scope. */
export function readFunction(proto: FunctionProto, tensors: TensorReader, problems: string[]): ModelFunction {
  const reader = new GraphReader(tensors, problems);
  const graph = new Graph(proto.name);
  graph.inputs = proto.input.map((name) => reader.declare(name));
  reader.readNodes(proto.node, graph);
  for (const info of proto.valueInfo) reader.describe(info);
  graph.outputs = proto.output.map((name) => reader.resolve(name, `function "${proto.name}"`));
  const readGraph = (g: Parameters<GraphReader['read']>[0]) =>
    new GraphReader(tensors, problems, reader).read(g);
  return {
    name: proto.name,
    domain: standardDomain(proto.domain),
    overload: proto.overload,
    docString: proto.docString,
    graph,
    attributeNames: proto.attribute,
    attributeDefaults: new Map(
      proto.attributeProto.map((a) => [a.name, readAttribute(a, tensors, readGraph)]),
    ),
    opsetImports: readOpsetImports(proto.opsetImport, tensors.sourceName),
    metadata: stringMap(proto.metadataProps),
    foreign: proto.$unknown,
  };
}
