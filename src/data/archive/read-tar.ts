import { Readable } from 'node:stream';
import { PareError } from '../../base/pare-error.ts';
import { readChunks } from '../byte-file.ts';
import { malformedFile, tooManyFiles } from '../errors.ts';
import { memberName } from './member-name.ts';

const MAX_ENTRIES = 1_000_000;

/**
 * Unpacks the files of a tar archive, plain or gzip, whose path `wanted` accepts; links and devices are passed over. Of two
 * files of one name the later counts, as for tar. Holds the wanted files in memory; the whole archive has at most 2 GiB.
 */
export async function readTar(
  path: string,
  wanted: (name: string) => boolean,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const packed = Readable.from(readChunks(path), { objectMode: true });
  // Loaded where an archive is read: few commands read one.
  const { extract } = await import('tar-stream');
  const tar = extract();
  packed.on('error', (error) => tar.destroy(error));
  let count = 0;
  try {
    for await (const entry of packed.pipe(tar)) {
      if (++count > MAX_ENTRIES) throw tooManyFiles(path, MAX_ENTRIES);
      const { type, name: stored, size = 0 } = entry.header;
      const name = memberName(stored, path);
      const isFile = type === 'file' || type === 'contiguous-file';
      const chunks: Uint8Array[] = [];
      // Contents that are not wanted must be read too, else the next entry never comes. A tar stream gives buffers only.
      for await (const chunk of entry as AsyncIterable<Uint8Array>)
        if (isFile && wanted(name)) chunks.push(chunk);
      if (isFile && wanted(name)) files.set(name, concatChunks(chunks, size));
    }
  } catch (cause) {
    if (cause instanceof PareError) throw cause;
    throw malformedFile(path, 'an intact tar archive', messageOf(cause), cause);
  } finally {
    packed.destroy();
  }
  return files;
}

function concatChunks(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  if (at !== size) throw new Error(`${at} of ${size} bytes`);
  return bytes;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
