import { check } from '../../base/check.ts';
import type { Part } from './part.ts';

/** A part's bytes. Lengths around them are fixed already, so a tensor of another length would break the file. */
export async function fetchPart(part: Part): Promise<Uint8Array> {
  if (part instanceof Uint8Array) return part;
  const bytes = await part.read();
  check(
    bytes.byteLength === part.byteLength,
    () => `${bytes.byteLength} bytes instead of ${part.byteLength}`,
  );
  return bytes;
}
