import type { StringStringEntryProto } from '../proto/onnx_pb.ts';

/** Key–value entries as a map; of equal keys the last wins. */
export function stringMap(entries: readonly StringStringEntryProto[]): Map<string, string> {
  return new Map(entries.map(({ key, value }) => [key, value]));
}
