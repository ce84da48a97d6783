import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { fileUnreadable } from './errors.ts';
import type { Report } from './report.ts';

/** Large enough that hashing, not waiting for reads, takes the time. */
const CHUNK_BYTES = 2 ** 20;

/** A file as the report names it. */
export type FileFacts = NonNullable<Report['input']>;

/**
 * Size and hex SHA-256 of a file, read as a stream; of a model in several files, of all of them one after another, under
 * the name of the first. Throws a PareError where one cannot be read.
 */
export async function fileFacts(path: string, ...further: readonly string[]): Promise<FileFacts> {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const file of [path, ...further]) {
    try {
      for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
        hash.update(chunk);
        bytes += chunk.length;
      }
    } catch (cause) {
      throw fileUnreadable(file, cause);
    }
  }
  return { path, bytes, sha256: hash.digest('hex') };
}
