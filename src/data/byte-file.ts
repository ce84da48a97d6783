import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { fileTooLarge, malformedFile } from './errors.ts';

/** Bound on the bytes of one data file, unpacked. */
export const MAX_DATA_BYTES = 2 ** 31;

/** Deflate cannot do better than 258 bytes in 2 bits (RFC 1951), so a header that promises more lies. */
const MAX_DEFLATE_RATIO = 1032;

/** Bytes read by position; what `read` returns must not be written to. */
export interface ByteFile {
  readonly path: string;
  readonly length: number;
  /** All of it is in memory. */
  readonly isHeld: boolean;
  read(offset: number, length: number): Uint8Array;
}

/** A file whose first bytes tell how long it is. */
export interface StatedLength {
  readonly headerBytes: number;
  /** Length of the whole file; throws a PareError where the header is not of its format. */
  of(header: Uint8Array): number;
}

/**
 * Opens a file, gzip or plain. A plain file is read from disk piece by piece, nothing stays open between reads; a gzip is
 * unpacked into memory, never beyond the stated length, nor beyond 2 GiB.
 * Throws a PareError where the length is not the stated one.
 */
export async function openByteFile(path: string, stated?: StatedLength): Promise<ByteFile> {
  const { size } = await stat(path);
  if (await isGzip(path)) return heldFile(path, await gunzipFile(path, size, stated));

  if (size > MAX_DATA_BYTES) throw fileTooLarge(path, size, MAX_DATA_BYTES);
  const file = plainFile(path, size);
  if (stated) {
    if (size < stated.headerBytes) throw wrongLength(path, `at least ${stated.headerBytes}`, size);
    const expected = stated.of(file.read(0, stated.headerBytes));
    if (expected !== size) throw wrongLength(path, `${expected}`, size);
  }
  return file;
}

function wrongLength(path: string, expected: string, got: number | string): Error {
  return malformedFile(path, `${expected} bytes`, `${got} bytes`);
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

function plainFile(path: string, length: number): ByteFile {
  return {
    path,
    length,
    isHeld: false,
    read: (offset, count) => {
      const bytes = new Uint8Array(count);
      const descriptor = openSync(path, 'r');
      try {
        const got = readSync(descriptor, bytes, 0, count, offset);
        if (got < count) throw wrongLength(path, `${length}`, offset + got);
      } finally {
        closeSync(descriptor);
      }
      return bytes;
    },
  };
}

/** Bytes in memory as a file. */
export function heldFile(path: string, bytes: Uint8Array): ByteFile {
  const read = (offset: number, count: number) => bytes.subarray(offset, offset + count);
  return { path, length: bytes.length, isHeld: true, read };
}

async function gunzipFile(path: string, packedBytes: number, stated?: StatedLength): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let expected: number | undefined;
  for await (const chunk of unpackedChunks(path)) {
    chunks.push(chunk);
    length += chunk.length;
    if (stated && expected === undefined && length >= stated.headerBytes) {
      expected = stated.of(Buffer.concat(chunks).subarray(0, stated.headerBytes));
      const possible = packedBytes * MAX_DEFLATE_RATIO;
      if (expected > possible) throw wrongLength(path, `${expected}`, `at most ${possible}`);
    }
    if (expected !== undefined && length > expected)
      throw wrongLength(path, `${expected}`, `more than ${expected}`);
    if (length > MAX_DATA_BYTES) throw fileTooLarge(path, length, MAX_DATA_BYTES);
  }
  if (stated && expected === undefined) throw wrongLength(path, `at least ${stated.headerBytes}`, length);
  if (expected !== undefined && length !== expected) throw wrongLength(path, `${expected}`, length);
  return Buffer.concat(chunks, length);
}

/**
 * The bytes of a file from its beginning, unpacked where it is gzip. Throws a PareError beyond 2 GiB, unpacked, and where
 * the gzip is damaged.
 */
export async function* readChunks(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0;
  for await (const chunk of (await isGzip(path)) ? unpackedChunks(path) : createReadStream(path)) {
    length += chunk.length;
    if (length > MAX_DATA_BYTES) throw fileTooLarge(path, length, MAX_DATA_BYTES);
    yield chunk;
  }
}

async function* unpackedChunks(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const packed = createReadStream(path);
  const unpacked = createGunzip();
  packed.on('error', (error) => unpacked.destroy(error));
  try {
    yield* packed.pipe(unpacked);
  } catch (cause) {
    if (isZlibError(cause)) throw malformedFile(path, 'an intact gzip file', cause.message, cause);
    throw cause;
  } finally {
    packed.destroy();
  }
}

function isZlibError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code));
}
