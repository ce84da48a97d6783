import { check } from '../../base/check.ts';
import { memorySource } from '../byte-source/memory-source.ts';
import { type MessageShape, modelShape, PAYLOAD_FIELD, RAW_DATA_FIELD } from './message-shape.ts';
import { encodeTag, encodeVarint } from './varint.ts';
import { WireReader } from './wire-reader.ts';

/** Bytes that are fetched when the writer gets to them. */
export interface LazyBytes {
  readonly byteLength: number;
  read(): Promise<Uint8Array>;
}

export type Part = Uint8Array | LazyBytes;

/**
 * The inverse of `skeleton`: replaces each TensorProto.payload = n by raw_data with the bytes of `payloads[n − 1]`,
 * and corrects the lengths around it. Returns parts to be written in order, without fetching any payload.
 */
export async function splice(
  bytes: Uint8Array,
  payloads: readonly LazyBytes[],
): Promise<{ parts: Part[]; byteLength: number }> {
  const reader = new WireReader(memorySource(bytes));
  const walk = async (shape: MessageShape, start: number, end: number) => {
    const parts: Part[] = [];
    let copyFrom = start;
    let byteLength = 0;
    const push = (part: Part): void => {
      if (part.byteLength === 0) return;
      parts.push(part);
      byteLength += part.byteLength;
    };
    for (let offset = start; offset < end; ) {
      const field = await reader.field(offset, end);
      offset = field.end;
      const inner = field.wireType === 2 ? shape.messages[field.number] : undefined;
      if (inner) {
        const body = await walk(inner(), field.valueStart, field.end);
        push(bytes.subarray(copyFrom, field.start));
        push(encodeTag(field.number, 2));
        push(encodeVarint(body.byteLength));
        for (const part of body.parts) push(part);
        copyFrom = field.end;
      } else if (shape.payloads && field.number === PAYLOAD_FIELD) {
        const payload = payloads[payloadNumber(bytes, field.valueStart) - 1];
        check(payload !== undefined, () => 'a tensor names a payload that does not exist');
        push(bytes.subarray(copyFrom, field.start));
        push(encodeTag(RAW_DATA_FIELD, 2));
        push(encodeVarint(payload.byteLength));
        push(payload);
        copyFrom = field.end;
      }
    }
    push(bytes.subarray(copyFrom, end));
    return { parts, byteLength };
  };
  return walk(modelShape, 0, bytes.length);
}

function payloadNumber(bytes: Uint8Array, offset: number): number {
  let value = 0;
  for (let i = offset, scale = 1; ; i++, scale *= 128) {
    value += (bytes[i] & 0x7f) * scale;
    if (bytes[i] < 0x80) return value;
  }
}
