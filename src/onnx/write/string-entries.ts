import { create } from '@bufbuild/protobuf';
import { type StringStringEntryProto, StringStringEntryProtoSchema } from '../proto/onnx_pb.ts';

/** A map as key–value entries, in the map's order. */
export function stringEntries(map: ReadonlyMap<string, string>): StringStringEntryProto[] {
  return [...map].map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
}
