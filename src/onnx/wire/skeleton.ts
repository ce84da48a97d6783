import type { ByteSource } from '../byte-source/byte-source.ts';
import { notAnOnnxModel } from '../errors.ts';
import { concatBytes } from './concat-bytes.ts';
import { type MessageShape, modelShape, PAYLOAD_FIELD } from './message-shape.ts';
import { encodeTag, encodeVarint } from './varint.ts';
import { type Field, WireReader } from './wire-reader.ts';

/** Elements of a tensor left where they are. */
export interface Payload {
  readonly offset: number;
  readonly length: number;
}

/** Tensors up to this size are not worth a read of their own later. */
const INLINE_BYTES = 1024;
/** Graphs nest in attributes; files nested deeper than any exporter's are refused before the stack overflows. */
const MAX_DEPTH = 100;

/**
 * The model's protobuf bytes without the elements of large tensors, in whose place stands TensorProto.payload = 1 +
 * the index into `payloads`. Reads little more of the source than it keeps, whatever the size of the weights.
 */
export async function skeleton(source: ByteSource): Promise<{ bytes: Uint8Array; payloads: Payload[] }> {
  const payloads: Payload[] = [];
  const reader = new WireReader(source);
  const walk = async (
    shape: MessageShape,
    start: number,
    end: number,
    depth: number,
  ): Promise<Uint8Array> => {
    if (depth > MAX_DEPTH) throw notAnOnnxModel(source.name, `graphs are nested more than ${MAX_DEPTH} deep`);
    const parts: Uint8Array[] = [];
    let copyFrom = start;
    const firstPayload = payloads.length;
    const replace = async (field: Field, ...replacement: Uint8Array[]): Promise<void> => {
      if (field.start > copyFrom) parts.push(await reader.bytes(copyFrom, field.start));
      parts.push(...replacement);
      copyFrom = field.end;
    };
    for (let offset = start; offset < end; ) {
      const field = await reader.field(offset, end);
      offset = field.end;
      const inner = field.wireType === 2 ? shape.messages[field.number] : undefined;
      if (inner) {
        const body = await walk(inner(), field.valueStart, field.end, depth + 1);
        await replace(field, encodeTag(field.number, 2), encodeVarint(body.length), body);
      } else if (shape.payloads && field.number === PAYLOAD_FIELD) {
        await replace(field);
      } else if (isLargePayload(shape, field)) {
        if (payloads.length > firstPayload)
          throw notAnOnnxModel(source.name, 'a tensor has its elements twice');
        await replace(field, encodeTag(PAYLOAD_FIELD, 0), encodeVarint(payloads.length + 1));
        payloads.push({ offset: field.valueStart, length: field.end - field.valueStart });
      }
    }
    if (end > copyFrom) parts.push(await reader.bytes(copyFrom, end));
    return concatBytes(parts);
  };
  return { bytes: await walk(modelShape, 0, source.size, 0), payloads };
}

function isLargePayload(shape: MessageShape, field: Field): boolean {
  const isPayload = field.wireType === 2 && shape.payloads?.includes(field.number);
  return isPayload === true && field.end - field.valueStart > INLINE_BYTES;
}
