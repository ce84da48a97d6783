import { crc32c } from './crc32c.ts';

/** A record of a TFRecord file: length, checksum of the length, data, checksum of the data; all little-endian. */
export function recordBytes(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(data.length + 12, maskedCrc(data), true);
  return record;
}

/** Turned and moved by a constant, since a checksum of data that hold checksums is weak (TensorFlow's crc32c.h). */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
