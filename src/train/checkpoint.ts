import { checkpointUnusable } from './errors.ts';

/** What a training goes on from: named vectors, and facts about where it stands. */
export interface Checkpoint {
  readonly facts: unknown;
  readonly vectors: Readonly<Record<string, Float32Array>>;
}

/** Where checkpoints are kept. Writing replaces what was there at once or not at all. */
export interface CheckpointStore {
  read(name: string): Promise<Uint8Array | undefined>;
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** A header longer than this is none of ours. */
const MAX_HEADER_BYTES = 16 * 2 ** 20;

/**
 * A safetensors file: a length, a JSON header, the tensors; the facts are text in its metadata. Any reader of that format
 * shows what a checkpoint holds. https://github.com/huggingface/safetensors#format
 */
export function encodeCheckpoint({ facts, vectors }: Checkpoint): Uint8Array {
  let end = 0;
  const header: Record<string, unknown> = { __metadata__: { pare: JSON.stringify(facts) } };
  for (const [name, { byteLength, length }] of Object.entries(vectors)) {
    header[name] = { dtype: 'F32', shape: [length], data_offsets: [end, end + byteLength] };
    end += byteLength;
  }
  const text = JSON.stringify(header);
  // Filled up with blanks, so that the tensors stand on a multiple of 8.
  const head = new TextEncoder().encode(text.padEnd(text.length + padding(text), ' '));
  const bytes = new Uint8Array(8 + head.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
  bytes.set(head, 8);
  let at = 8 + head.length;
  for (const vector of Object.values(vectors)) {
    bytes.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength), at);
    at += vector.byteLength;
  }
  return bytes;
}

function padding(text: string): number {
  return (8 - (new TextEncoder().encode(text).length % 8)) % 8;
}

/** @throws PareError `checkpoint-unusable` on what is no checkpoint, or a part of one */
export function decodeCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : Number.NaN;
  if (!(length <= Math.min(bytes.length - 8, MAX_HEADER_BYTES)))
    throw checkpointUnusable(where, 'it is cut off, or something else');
  const header = parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)), where);
  const { __metadata__: metadata, ...tensors } = header;
  const data = bytes.subarray(8 + length);
  const vectors = Object.entries(tensors).map(([name, entry]) => [name, vectorOf(entry, data, where)]);
  const text = (metadata as { pare?: unknown } | undefined)?.pare;
  if (typeof text !== 'string') throw checkpointUnusable(where, 'it says nothing about the training');
  return { facts: parse(text, where), vectors: Object.fromEntries(vectors) };
}

function parse(text: string, where: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw checkpointUnusable(where, 'its header is no JSON object');
}

function vectorOf(entry: unknown, data: Uint8Array, where: string): Float32Array {
  const { dtype, data_offsets: offsets } = entry as { dtype?: unknown; data_offsets?: unknown };
  const [from, to] = Array.isArray(offsets) ? offsets : [];
  const isWhole =
    dtype === 'F32' &&
    Number.isInteger(from) &&
    Number.isInteger(to) &&
    0 <= from &&
    from <= to &&
    to <= data.length;
  if (!isWhole || (to - from) % 4 !== 0) throw checkpointUnusable(where, 'a tensor in it is cut off');
  // A copy: places in a file need not be multiples of 4 in memory.
  return new Float32Array(new Uint8Array(data.subarray(from, to)).buffer);
}
