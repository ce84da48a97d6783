import { fromBinary } from '@bufbuild/protobuf';
import type { ByteSource } from '../byte-source/byte-source.ts';
import { memorySource } from '../byte-source/memory-source.ts';
import { checkModel } from '../check-model.ts';
import { notAnOnnxModel } from '../errors.ts';
import { Model } from '../ir/model.ts';
import { type ModelProto, ModelProtoSchema } from '../proto/onnx_pb.ts';
import { skeleton } from '../wire/skeleton.ts';
import { readFunction } from './read-function.ts';
import { GraphReader } from './read-graph.ts';
import { readOpsetImports } from './read-opset-imports.ts';
import { type OpenExternal, TensorReader } from './read-tensor.ts';
import { versionNumber } from './version-number.ts';

export interface ReadOptions {
  /** Opens the files a model keeps its weights in; given by `readModelFile`. */
  openExternal?: OpenExternal;
}

/**
 * Reads an ONNX model. Large weights stay in the source and are fetched when needed: close the model when done.
 * Throws PareErrors `not-an-onnx-model`, `broken-model`, `bad-tensor`.
 */
export async function readModel(from: Uint8Array | ByteSource, options: ReadOptions = {}): Promise<Model> {
  const source = from instanceof Uint8Array ? memorySource(from) : from;
  const { proto, payloads } = await parse(source);
  const tensors = new TensorReader(source, payloads, options.openExternal);
  const problems: string[] = [];
  const model = new Model(new GraphReader(tensors, problems).read(proto.graph!));
  model.irVersion = versionNumber(proto.irVersion, source.name);
  model.producerName = proto.producerName;
  model.producerVersion = proto.producerVersion;
  model.domain = proto.domain;
  model.modelVersion = proto.modelVersion;
  model.docString = proto.docString;
  model.foreign = proto.$unknown;
  for (const { key, value } of proto.metadataProps) model.metadata.set(key, value);
  for (const [domain, version] of readOpsetImports(proto.opsetImport, source.name))
    model.opsetImports.set(domain, version);
  model.functions = proto.functions.map((f) => readFunction(f, tensors, problems));
  model.externalLocations = tensors.locations;
  model.close = async () => {
    await Promise.all([tensors.close(), source.close()]);
  };
  checkModel(model, source.name, problems);
  return model;
}

async function parse(source: ByteSource) {
  if (source.size === 0) throw notAnOnnxModel(source.name, 'it is empty');
  const { bytes, payloads } = await skeleton(source);
  let proto: ModelProto;
  try {
    proto = fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw notAnOnnxModel(source.name, 'its protobuf encoding is damaged', cause);
  }
  if (!proto.graph) throw notAnOnnxModel(source.name, 'it holds no graph');
  if (proto.opsetImport.length === 0) throw notAnOnnxModel(source.name, 'it names no operator set');
  return { proto, payloads };
}
