import { open } from 'node:fs/promises';
import { cannotOpen, fileChanged } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';

/** Deep models hold thousands of short tensors side by side; one read fetches many of them. */
const WINDOW_BYTES = 2 ** 18;
const SMALL_BYTES = 2 ** 14;

/** A file read by position, so that weights stay on disk until they are needed. */
export async function fileSource(path: string): Promise<ByteSource> {
  const handle = await open(path, 'r').catch((cause) => {
    throw cannotOpen(path, cause);
  });
  const stat = await handle.stat();
  if (!stat.isFile()) {
    await handle.close();
    throw cannotOpen(path, new Error('it is not a regular file'));
  }
  const fetch = async (offset: number, length: number): Promise<Uint8Array> => {
    const buffer = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await handle.read(buffer, done, length - done, offset + done);
      if (bytesRead === 0) throw fileChanged(path, offset + done, stat.size);
      done += bytesRead;
    }
    return buffer;
  };
  let window: { start: number; bytes: Uint8Array } = { start: 0, bytes: new Uint8Array(0) };
  return {
    name: path,
    size: stat.size,
    async read(offset, length) {
      if (length > SMALL_BYTES) return fetch(offset, length);
      const isInside = offset >= window.start && offset + length <= window.start + window.bytes.length;
      let { start, bytes } = window;
      if (!isInside) {
        start = offset;
        bytes = await fetch(offset, Math.min(WINDOW_BYTES, stat.size - offset));
        window = { start, bytes };
      }
      // A copy: whoever asks may keep it long after the window has moved on.
      return new Uint8Array(bytes.subarray(offset - start, offset - start + length));
    },
    close: () => handle.close(),
  };
}
