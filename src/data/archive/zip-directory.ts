import type { ByteFile } from '../byte-file.ts';
import { malformedFile } from '../errors.ts';
import { crc32 } from './crc32.ts';
import { inflateBounded } from './inflate-bounded.ts';
import { memberName } from './member-name.ts';

/** Deflate cannot do better than 258 bytes in 2 bits (RFC 1951). */
const MAX_DEFLATE_RATIO = 1032;
const MAX_ENTRIES = 1_000_000;

const END_BYTES = 22;
const HEADER_BYTES = 46;
const LOCAL_BYTES = 30;
const [END, HEADER, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];

/** A file in a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /** Unpacked. */
  readonly size: number;
  /** Where the bytes of a file that is stored as it is begin; undefined for a packed one. */
  storedAt(): number | undefined;
  /** Unpacks, and checks length and CRC-32. */
  read(): Uint8Array;
}

/**
 * The files of a zip archive by name, from its central directory (PKWARE APPNOTE 6.3.9, sections 4.3.7 to 4.3.16); stored
 * and deflated ones. Reads nothing of their contents. Throws a PareError on what is damaged, encrypted or packed otherwise.
 */
export function readZipDirectory(file: ByteFile): ReadonlyMap<string, ZipEntry> {
  const { count, offset, size } = findEnd(file);
  const bytes = file.read(offset, size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + HEADER_BYTES > size || view.getUint32(at, true) !== HEADER)
      throw broken(file, `no file header ${i}`);
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true),
    );
    const end = at + HEADER_BYTES + nameBytes + extraBytes + commentBytes;
    if (end > size) throw broken(file, `file header ${i} is cut off`);
    const stored = new TextDecoder().decode(bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + nameBytes));
    if (!stored.endsWith('/')) {
      const name = memberName(stored, file.path);
      if (entries.has(name)) throw broken(file, `${JSON.stringify(name)} is there twice`);
      entries.set(
        name,
        readHeader(file, name, new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES)),
      );
    }
    at = end;
  }
  return entries;
}

function findEnd(file: ByteFile) {
  const tailBytes = Math.min(file.length, END_BYTES + 0xffff);
  const tail = file.read(file.length - tailBytes, tailBytes);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  let at = tailBytes - END_BYTES;
  while (at >= 0 && view.getUint32(at, true) !== END) at--;
  if (at < 0) throw broken(file, 'no end of central directory');
  const count = view.getUint16(at + 10, true);
  const [size, offset] = [view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  const isSpanned = view.getUint16(at + 4, true) !== 0;
  // 0xffff and 0xffffffff stand for numbers that need zip64: more files or bytes than are read anyway.
  if (isSpanned || count === 0xffff || offset + size > file.length || count > MAX_ENTRIES)
    throw broken(file, `a central directory of ${count} files, ${size} bytes at ${offset}`);
  return { count, offset, size };
}

function readHeader(file: ByteFile, name: string, header: DataView): ZipEntry {
  const where = `${file.path}, ${name}`;
  const isEncrypted = (header.getUint16(8, true) & 1) === 1;
  const method = header.getUint16(10, true);
  const crc = header.getUint32(16, true);
  const [packedSize, size] = [header.getUint32(20, true), header.getUint32(24, true)];
  const headerAt = header.getUint32(42, true);
  if (isEncrypted) throw malformedFile(where, 'a file that is not encrypted', 'an encrypted one');
  if (method !== 0 && method !== 8)
    throw malformedFile(where, 'a file stored or deflated', `compression method ${method}`);
  if (method === 0 ? size !== packedSize : size > packedSize * MAX_DEFLATE_RATIO)
    throw malformedFile(where, `at most what ${packedSize} packed bytes can hold`, `${size} bytes`);
  const dataAt = () => {
    const local =
      headerAt + LOCAL_BYTES <= file.length ? file.read(headerAt, LOCAL_BYTES) : new Uint8Array(LOCAL_BYTES);
    const view = new DataView(local.buffer, local.byteOffset, LOCAL_BYTES);
    const start = headerAt + LOCAL_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
    if (view.getUint32(0, true) !== LOCAL || start + packedSize > file.length)
      throw malformedFile(where, 'a local file header', `none for ${packedSize} bytes at ${headerAt}`);
    return start;
  };
  return {
    name,
    size,
    storedAt: () => (method === 0 ? dataAt() : undefined),
    read: () => {
      const packed = file.read(dataAt(), packedSize);
      const bytes = method === 0 ? packed : unpack(packed, size, where);
      if (crc32(bytes) !== crc) throw malformedFile(where, 'an intact file', 'another CRC-32');
      return bytes;
    },
  };
}

function unpack(packed: Uint8Array, size: number, where: string): Uint8Array {
  try {
    return inflateBounded(packed, size);
  } catch (cause) {
    throw malformedFile(where, `${size} bytes in intact deflate`, String(cause), cause);
  }
}

function broken(file: ByteFile, got: string): Error {
  return malformedFile(file.path, 'an intact zip archive', got);
}
