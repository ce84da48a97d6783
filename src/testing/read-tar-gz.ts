import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const BLOCK = 512;

/**
 * The regular files of a small .tar.gz, by name (ustar: 512-byte headers, contents padded to blocks; long names stand
 * in an entry of type x before the file, as `length path=name`).
 */
export function readTarGz(path: string): ReadonlyMap<string, Uint8Array> {
  const tar = gunzipSync(readFileSync(path));
  const files = new Map<string, Uint8Array>();
  const text = (start: number, length: number) => {
    const field = tar.subarray(start, start + length);
    const end = field.indexOf(0);
    return field.toString('utf8', 0, end < 0 ? length : end);
  };
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const type = text(at + 156, 1);
    const start = at + BLOCK;
    if (type === 'x') {
      longName = /^\d+ path=(.*)$/m.exec(text(start, size))?.[1];
    } else {
      const prefix = text(at + 345, 155);
      const name = longName ?? (prefix === '' ? text(at, 100) : `${prefix}/${text(at, 100)}`);
      if (type === '0' || type === '') files.set(name, new Uint8Array(tar.subarray(start, start + size)));
      longName = undefined;
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
