import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { fileUnreadable } from './errors.ts';
import type { Report } from './report.ts';

/** Large enough that hashing, not waiting for reads, takes the time. */
const CHUNK_BYTES = 2 ** 20;

/** A file as the report names it. */
export type FileFacts = NonNullable<Report['input']>;

/** Size and hex SHA-256 of a file, read as a stream; throws a PareError where it cannot be read. */
export async function fileFacts(path: string): Promise<FileFacts> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (cause) {
    throw fileUnreadable(path, cause);
  }
  return { path, bytes, sha256: hash.digest('hex') };
}
