import { closeSync, mkdtempSync, openSync, readSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deserializer, Serializer } from 'node:v8';
import { exchangeFailed } from '../errors.ts';

/** Where a message is in the file. */
export interface MessagePlace {
  readonly at: number;
  readonly length: number;
}

/** Arrays that may be in a message, by the number they are known by there. */
const arrays = [
  Float32Array,
  Float64Array,
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  BigInt64Array,
  BigUint64Array,
] as const;

/** What an array's place is a multiple of. */
const ALIGNMENT = 8;

/**
 * Messages with megabytes of numbers from process to process: a file both have open holds the latest, its place goes through
 * the channel between them. Arrays are copied into the file and out of it just as they are, which takes a quarter of the time
 * of sending them (1.2 MB to and fro: 4 ms through the channel).
 */
export class MessageFile {
  readonly descriptor: number;
  #isClosed = false;

  constructor(descriptor: number) {
    this.descriptor = descriptor;
  }

  /** @throws PareError `engine-exchange-failed`, as where the disk is full */
  write(message: unknown): MessagePlace {
    try {
      const serializer = new ArraysApart(this.descriptor);
      serializer.writeValue(message);
      const { descriptor, end: at } = serializer;
      const bytes = serializer.releaseBuffer();
      writeAll(descriptor, bytes, at);
      return { at, length: bytes.length };
    } catch (cause) {
      throw exchangeFailed(cause);
    }
  }

  read({ at, length }: MessagePlace): unknown {
    const bytes = new Uint8Array(length);
    readAll(this.descriptor, bytes, at);
    return new ArraysFrom(this.descriptor, bytes).readValue();
  }

  close(): void {
    if (!this.#isClosed) closeSync(this.descriptor);
    this.#isClosed = true;
  }
}

/** Has no name from the start, so that nothing is left of it however the processes end. */
export function openMessageFile(): MessageFile {
  const folder = mkdtempSync(join(tmpdir(), 'pare-engine-'));
  try {
    const path = join(folder, 'message');
    const descriptor = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return new MessageFile(descriptor);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes arrays into the file, and into the message where they are. */
class ArraysApart extends Serializer {
  readonly descriptor: number;
  end = 0;

  constructor(descriptor: number) {
    super();
    this.descriptor = descriptor;
    // Not among the declared types. Else arrays become part of the message.
    (
      this as unknown as { _setTreatArrayBufferViewsAsHostObjects(on: boolean): void }
    )._setTreatArrayBufferViewsAsHostObjects(true);
  }

  /** Named by `Serializer`. */
  _writeHostObject(view: NodeJS.ArrayBufferView): void {
    const type = arrays.findIndex((each) => view instanceof each);
    if (type < 0) throw new Error(`no ${view.constructor.name} in messages`);
    this.writeUint32(type);
    this.writeDouble(this.end);
    this.writeDouble(view.byteLength);
    writeAll(this.descriptor, new Uint8Array(view.buffer, view.byteOffset, view.byteLength), this.end);
    this.end += Math.ceil(view.byteLength / ALIGNMENT) * ALIGNMENT;
  }
}

class ArraysFrom extends Deserializer {
  readonly #descriptor: number;

  constructor(descriptor: number, message: Uint8Array) {
    super(message);
    this.#descriptor = descriptor;
  }

  /** Named by `Deserializer`. */
  _readHostObject(): NodeJS.ArrayBufferView {
    const Type = arrays[this.readUint32()];
    const at = this.readDouble();
    const bytes = new Uint8Array(this.readDouble());
    readAll(this.#descriptor, bytes, at);
    return new Type(bytes.buffer);
  }
}

function writeAll(descriptor: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(descriptor, bytes, done, bytes.length - done, at + done);
}

function readAll(descriptor: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) {
    const count = readSync(descriptor, bytes, done, bytes.length - done, at + done);
    if (count === 0) throw new Error(`a message ends ${bytes.length - done} bytes early`);
    done += count;
  }
}
