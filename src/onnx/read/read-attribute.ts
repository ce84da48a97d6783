import { create } from '@bufbuild/protobuf';
import type { Attribute, AttributeValue } from '../ir/attribute.ts';
import type { Graph } from '../ir/graph.ts';
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  AttributeProto_AttributeType as Type,
} from '../proto/onnx_pb.ts';
import type { TensorReader } from './read-tensor.ts';

/** One attribute; types pare does not look into are carried as they are. */
export function readAttribute(
  proto: AttributeProto,
  tensors: TensorReader,
  readGraph: (proto: GraphProto) => Graph,
): Attribute {
  const attribute: Attribute = { ...readValue(proto, tensors, readGraph), foreignFields: proto.$unknown };
  return proto.docString === '' ? attribute : { ...attribute, docString: proto.docString };
}

function readValue(
  proto: AttributeProto,
  tensors: TensorReader,
  readGraph: (proto: GraphProto) => Graph,
): AttributeValue {
  if (proto.refAttrName !== '')
    return { type: 'REFERENCE', name: proto.refAttrName, foreign: carried(proto) };
  switch (proto.type === Type.UNDEFINED ? guessType(proto) : proto.type) {
    case Type.FLOAT:
      return { type: 'FLOAT', value: proto.f };
    case Type.INT:
      return { type: 'INT', value: proto.i };
    case Type.STRING:
      return { type: 'STRING', value: proto.s };
    case Type.TENSOR:
      return proto.t
        ? { type: 'TENSOR', value: tensors.read(proto.t) }
        : { type: 'OTHER', foreign: carried(proto) };
    case Type.GRAPH:
      return proto.g
        ? { type: 'GRAPH', value: readGraph(proto.g) }
        : { type: 'OTHER', foreign: carried(proto) };
    case Type.FLOATS:
      return { type: 'FLOATS', value: proto.floats };
    case Type.INTS:
      return { type: 'INTS', value: proto.ints };
    case Type.STRINGS:
      return { type: 'STRINGS', value: proto.strings };
    case Type.TENSORS:
      return { type: 'TENSORS', value: proto.tensors.map((t) => tensors.read(t)) };
    case Type.GRAPHS:
      return { type: 'GRAPHS', value: proto.graphs.map(readGraph) };
    default:
      return { type: 'OTHER', foreign: carried(proto) };
  }
}

/** Without tensors and graphs that have no place in it: their elements may be elsewhere in the file. */
function carried({ type, refAttrName, tp, typeProtos, sparseTensor, sparseTensors }: AttributeProto) {
  const proto = create(AttributeProtoSchema, { type, typeProtos, sparseTensors });
  if (refAttrName !== '') proto.refAttrName = refAttrName;
  if (tp) proto.tp = tp;
  if (sparseTensor) proto.sparseTensor = sparseTensor;
  return proto;
}

/** Files of IR version 1 and 2 state no type: it follows from the field that is set. */
function guessType(proto: AttributeProto): Type {
  if (proto.t) return Type.TENSOR;
  if (proto.g) return Type.GRAPH;
  if (proto.ints.length > 0) return Type.INTS;
  if (proto.floats.length > 0) return Type.FLOATS;
  if (proto.strings.length > 0) return Type.STRINGS;
  if (proto.tensors.length > 0) return Type.TENSORS;
  if (proto.graphs.length > 0) return Type.GRAPHS;
  if (proto.s.length > 0) return Type.STRING;
  if (Object.hasOwn(proto, 'f')) return Type.FLOAT;
  if (Object.hasOwn(proto, 'i')) return Type.INT;
  return Type.UNDEFINED;
}
