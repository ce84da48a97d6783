import { check } from '../../base/check.ts';
import { memorySource } from '../byte-source/memory-source.ts';
import { modelShape, PAYLOAD_FIELD, RAW_DATA_FIELD } from './message-shape.ts';
import type { LazyBytes } from './part.ts';
import { type Replace, type Rewritten, rewriteMessage } from './rewrite-message.ts';
import { encodeTag, encodeVarint } from './varint.ts';
import { WireReader } from './wire-reader.ts';

/**
 * The inverse of `skeleton`: replaces each TensorProto.payload = n by raw_data with the bytes of `payloads[n − 1]`,
 * and corrects the lengths around it. Returns parts to be written in order, without fetching any payload.
 */
export function splice(bytes: Uint8Array, payloads: readonly LazyBytes[]): Rewritten {
  const replace: Replace = (shape, field) => {
    if (!shape.payloads || field.number !== PAYLOAD_FIELD) return undefined;
    const payload = payloads[payloadNumber(bytes, field.valueStart) - 1];
    check(payload !== undefined, () => 'a tensor names a payload that does not exist');
    return [encodeTag(RAW_DATA_FIELD, 2), encodeVarint(payload.byteLength), payload];
  };
  const reader = WireReader.over(memorySource(bytes), bytes);
  const step = rewriteMessage(reader, modelShape, { start: 0, end: bytes.length }, replace).next();
  check(step.done, () => 'bytes in memory need no loading');
  return step.value ?? { parts: [bytes], byteLength: bytes.length };
}

function payloadNumber(bytes: Uint8Array, offset: number): number {
  let value = 0;
  for (let i = offset, scale = 1; ; i++, scale *= 128) {
    value += (bytes[i] & 0x7f) * scale;
    if (bytes[i] < 0x80) return value;
  }
}
