import { create } from '@bufbuild/protobuf';
import type { Attribute } from '../ir/attribute.ts';
import type { Graph } from '../ir/graph.ts';
import type { TensorSource } from '../ir/tensor-source.ts';
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  type TensorProto,
  AttributeProto_AttributeType as Type,
} from '../proto/onnx_pb.ts';

/** How the tensors and graphs inside an attribute are written. */
export interface NestedWriter {
  tensor(tensor: TensorSource): Promise<TensorProto>;
  graph(graph: Graph): Promise<GraphProto>;
}

/** One attribute as the file states it. */
export async function writeAttribute(
  name: string,
  attribute: Attribute,
  nested: NestedWriter,
): Promise<AttributeProto> {
  const proto = await writeValue(attribute, nested);
  proto.name = name;
  if (attribute.docString) proto.docString = attribute.docString;
  // `foreignFields` was filled by readAttribute from the same message type.
  if (attribute.foreignFields) proto.$unknown = attribute.foreignFields as typeof proto.$unknown;
  return proto;
}

async function writeValue(attribute: Attribute, nested: NestedWriter): Promise<AttributeProto> {
  switch (attribute.type) {
    case 'FLOAT':
      return create(AttributeProtoSchema, { type: Type.FLOAT, f: attribute.value });
    case 'INT':
      return create(AttributeProtoSchema, { type: Type.INT, i: attribute.value });
    case 'STRING':
      return create(AttributeProtoSchema, { type: Type.STRING, s: attribute.value });
    case 'TENSOR':
      return create(AttributeProtoSchema, { type: Type.TENSOR, t: await nested.tensor(attribute.value) });
    case 'GRAPH':
      return create(AttributeProtoSchema, { type: Type.GRAPH, g: await nested.graph(attribute.value) });
    case 'FLOATS':
      return create(AttributeProtoSchema, { type: Type.FLOATS, floats: [...attribute.value] });
    case 'INTS':
      return create(AttributeProtoSchema, { type: Type.INTS, ints: [...attribute.value] });
    case 'STRINGS':
      return create(AttributeProtoSchema, { type: Type.STRINGS, strings: [...attribute.value] });
    case 'TENSORS':
      return create(AttributeProtoSchema, {
        type: Type.TENSORS,
        tensors: await Promise.all(attribute.value.map((t) => nested.tensor(t))),
      });
    case 'GRAPHS':
      return create(AttributeProtoSchema, {
        type: Type.GRAPHS,
        graphs: await Promise.all(attribute.value.map((g) => nested.graph(g))),
      });
    case 'REFERENCE':
    case 'OTHER':
      // `foreign` was filled by readAttribute with an AttributeProto.
      return { ...(attribute.foreign as AttributeProto) };
  }
}
