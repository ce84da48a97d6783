import { create, toBinary } from '@bufbuild/protobuf';
import type { Model } from '../ir/model.ts';
import { type ModelProto, ModelProtoSchema } from '../proto/onnx_pb.ts';
import { subgraphDepthFirst } from '../subgraph-depth-first.ts';
import { concatBytes } from '../wire/concat-bytes.ts';
import { fetchPart } from '../wire/fetch-part.ts';
import type { Part } from '../wire/part.ts';
import { splice } from '../wire/splice.ts';
import { stringEntries } from './string-entries.ts';
import { InlineTensorStore, type TensorStore } from './tensor-store.ts';
import { GraphWriter } from './write-graph.ts';
import { writeOpsetImports } from './write-opset-imports.ts';

/** A model as parts in file order; lazy parts are fetched by whoever writes them. */
export interface Serialized {
  readonly parts: readonly Part[];
  readonly byteLength: number;
}

/** The model in ONNX's protobuf encoding; `store` decides where the elements of its tensors go. */
export async function serializeModel(
  model: Model,
  store: TensorStore = new InlineTensorStore(),
): Promise<Serialized> {
  const proto = await toProto(model, store);
  return splice(toBinary(ModelProtoSchema, proto), store.payloads);
}

/** The whole model in memory, for an engine session. */
export async function modelToBytes(model: Model): Promise<Uint8Array> {
  const { parts } = await serializeModel(model);
  return concatBytes(await Promise.all(parts.map(fetchPart)));
}

async function toProto(model: Model, store: TensorStore): Promise<ModelProto> {
  for (const graph of subgraphDepthFirst(model.graph)) graph.sort();
  const writer = new GraphWriter(store);
  const proto = create(ModelProtoSchema, {
    irVersion: BigInt(model.irVersion),
    opsetImport: writeOpsetImports(model.opsetImports),
    graph: await writer.write(model.graph),
    functions: await Promise.all(model.functions.map((f) => writer.writeFunction(f))),
    metadataProps: stringEntries(model.metadata),
  });
  if (model.producerName !== '') proto.producerName = model.producerName;
  if (model.producerVersion !== '') proto.producerVersion = model.producerVersion;
  if (model.domain !== '') proto.domain = model.domain;
  if (model.docString !== '') proto.docString = model.docString;
  if (model.modelVersion !== 0n) proto.modelVersion = model.modelVersion;
  // `foreign` was filled by readModel from the same message type.
  proto.$unknown = model.foreign as typeof proto.$unknown;
  return proto;
}
