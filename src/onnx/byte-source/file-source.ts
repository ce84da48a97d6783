import { open } from 'node:fs/promises';
import { cannotOpen, fileChanged } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';

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
  return {
    name: path,
    size: stat.size,
    async read(offset, length) {
      const buffer = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await handle.read(buffer, done, length - done, offset + done);
        if (bytesRead === 0) throw fileChanged(path, offset + done, stat.size);
        done += bytesRead;
      }
      return buffer;
    },
    close: () => handle.close(),
  };
}
