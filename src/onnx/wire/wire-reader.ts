import type { ByteSource } from '../byte-source/byte-source.ts';
import { notAnOnnxModel } from '../errors.ts';
import type { Part } from './part.ts';

const WINDOW_BYTES = 1 << 16;
/** A tag and a length take at most 20 bytes. */
const HEADER_BYTES = 20;

/** One field of a protobuf message: where it begins, and where its value lies. */
export interface Field {
  readonly number: number;
  readonly wireType: number;
  /** Offset of the tag. */
  readonly start: number;
  /** Offset of the value (behind the length, where there is one). */
  readonly valueStart: number;
  /** Offset behind the value. */
  readonly end: number;
}

/** Steps through protobuf fields of a byte source, reading a window at a time and never the skipped values. */
export class WireReader {
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;
  #position = 0;
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** A reader of bytes that are all in memory, and need no `load`. */
  static over(source: ByteSource, bytes: Uint8Array): WireReader {
    const reader = new WireReader(source);
    reader.#window = bytes;
    return reader;
  }

  /** What is read, for error messages. */
  get name(): string {
    return this.#source.name;
  }

  /** Whether `field(offset, limit)` can be asked for without a `load` first. */
  holdsHeader(offset: number, limit: number): boolean {
    return this.#holds(offset, Math.min(HEADER_BYTES, limit - offset));
  }

  /** Fetches the bytes from `offset` on. */
  async load(offset: number): Promise<void> {
    this.#window = await this.#source.read(offset, Math.min(WINDOW_BYTES, this.#source.size - offset));
    this.#windowStart = offset;
  }

  /** The field whose tag is at `offset`, inside a message that ends at `limit`; its header must be loaded. */
  field(offset: number, limit: number): Field {
    this.#position = offset;
    const tag = this.#varint(limit);
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (number === 0) throw this.#malformed(offset, 'field number 0');
    const { valueStart, end } = this.#extent(wireType, offset, limit);
    if (end > limit) throw this.#malformed(offset, `field ${number} runs past the end of its message`);
    return { number, wireType, start: offset, valueStart, end };
  }

  /** A copy of the bytes where they are loaded, else a promise to fetch them. */
  part(start: number, end: number): Part {
    const byteLength = end - start;
    if (this.#holds(start, byteLength)) {
      return this.#window.slice(start - this.#windowStart, end - this.#windowStart);
    }
    return { byteLength, read: () => this.#source.read(start, byteLength) };
  }

  #extent(wireType: number, offset: number, limit: number): { valueStart: number; end: number } {
    const valueStart = this.#position;
    switch (wireType) {
      case 0:
        this.#varint(limit);
        return { valueStart, end: this.#position };
      case 1:
        return { valueStart, end: valueStart + 8 };
      case 2: {
        const length = this.#varint(limit);
        return { valueStart: this.#position, end: this.#position + length };
      }
      case 5:
        return { valueStart, end: valueStart + 4 };
      default:
        throw this.#malformed(offset, `wire type ${wireType}`);
    }
  }

  /** Exact up to 2⁵³; longer values (negative int64) only ever are skipped, so their rounding does not matter. */
  #varint(limit: number): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      if (this.#position >= limit) throw this.#malformed(this.#position, 'the file ends inside a number');
      const byte = this.#window[this.#position++ - this.#windowStart];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw this.#malformed(this.#position, 'a number of more than 10 bytes');
  }

  #holds(offset: number, length: number): boolean {
    return offset >= this.#windowStart && offset + length <= this.#windowStart + this.#window.length;
  }

  #malformed(offset: number, reason: string): Error {
    return notAnOnnxModel(this.#source.name, `at byte ${offset}: ${reason}`);
  }
}
