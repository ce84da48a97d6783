import type { ByteSource } from '../byte-source/byte-source.ts';
import { notAnOnnxModel } from '../errors.ts';
import { concatBytes } from './concat-bytes.ts';
import { fetchPart } from './fetch-part.ts';
import { type MessageShape, modelShape, PAYLOAD_FIELD } from './message-shape.ts';
import type { Part } from './part.ts';
import { type Replace, rewriteMessage } from './rewrite-message.ts';
import { encodeTag, encodeVarint } from './varint.ts';
import { type Field, WireReader } from './wire-reader.ts';

/** Elements of a tensor left where they are. */
export interface Payload {
  readonly offset: number;
  readonly length: number;
}

/** Tensors up to this size are not worth a read of their own later. */
const INLINE_BYTES = 1024;
/** No graph is that large without its weights; files that claim so are refused before they fill the memory. */
const MAX_KEPT_BYTES = 2 ** 30;

/**
 * The model's protobuf bytes without the elements of large tensors, in whose place stands TensorProto.payload = 1 +
 * the index into `payloads`. Reads little more of the source than it keeps, whatever the size of the weights.
 */
export async function skeleton(source: ByteSource): Promise<{ bytes: Uint8Array; payloads: Payload[] }> {
  const payloads: Payload[] = [];
  let tensorOfLastPayload = -1;
  const replace: Replace = (shape, field, tensorStart) => {
    // The field is pare's own: what a file says in it means nothing.
    if (shape.payloads && field.number === PAYLOAD_FIELD) return [];
    if (!isLargePayload(shape, field)) return undefined;
    if (tensorOfLastPayload === tensorStart)
      throw notAnOnnxModel(source.name, 'a tensor has its elements twice');
    tensorOfLastPayload = tensorStart;
    const number = payloads.push({ offset: field.valueStart, length: field.end - field.valueStart });
    return [encodeTag(PAYLOAD_FIELD, 0), encodeVarint(number)];
  };
  const reader = new WireReader(source);
  const walk = rewriteMessage(reader, modelShape, { start: 0, end: source.size }, replace);
  let step = walk.next();
  while (!step.done) {
    await step.value;
    step = walk.next();
  }
  const { parts, byteLength } = step.value ?? {
    parts: [reader.part(0, source.size)],
    byteLength: source.size,
  };
  if (byteLength > MAX_KEPT_BYTES) {
    throw notAnOnnxModel(source.name, `it holds ${byteLength} bytes beside the elements of its tensors`);
  }
  return { bytes: await fetched(parts), payloads };
}

function isLargePayload(shape: MessageShape, field: Field): boolean {
  const isPayload = field.wireType === 2 && shape.payloads?.includes(field.number);
  return isPayload === true && field.end - field.valueStart > INLINE_BYTES;
}

/** One after another: there may be thousands. */
async function fetched(parts: readonly Part[]): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (const part of parts) chunks.push(await fetchPart(part));
  return concatBytes(chunks);
}
