import { readZipDirectory, type ZipEntry } from '../archive/zip-directory.ts';
import { type ByteFile, heldFile, MAX_DATA_BYTES, openByteFile } from '../byte-file.ts';
import { fileTooLarge, malformedFile } from '../errors.ts';
import { type NpyArray, openNpyArray } from './npy-array.ts';

/** Bytes a zip archive begins with. */
const ZIP_MAGIC = [0x50, 0x4b];

/**
 * The arrays of .npz and .npy files by name: in an .npz the name it was saved under, else the name of the file without
 * `.npy`. Arrays that are stored as they are stay on disk, packed ones are held in memory: 2 GiB at most in all.
 */
export async function openNpyFiles(
  paths: readonly string[],
  where: string,
): Promise<ReadonlyMap<string, readonly NpyArray[]>> {
  const arrays = new Map<string, NpyArray[]>();
  let heldBytes = 0;
  const hold = (bytes: number) => {
    heldBytes += bytes;
    if (heldBytes > MAX_DATA_BYTES) throw fileTooLarge(where, heldBytes, MAX_DATA_BYTES);
  };
  for (const path of paths) {
    const file = await openByteFile(path);
    if (file.isHeld) hold(file.length);
    for (const [name, array] of isZip(file) ? openNpz(file, hold) : [openNpy(file)])
      arrays.set(name, [...(arrays.get(name) ?? []), array]);
  }
  return arrays;
}

function isZip(file: ByteFile): boolean {
  return file.length > 2 && file.read(0, 2).every((byte, i) => byte === ZIP_MAGIC[i]);
}

function openNpy(file: ByteFile): readonly [string, NpyArray] {
  const array = openNpyArray({ file, offset: 0, length: file.length, where: file.path });
  return [nameOf(file.path.split(/[\\/]/).at(-1) ?? ''), array];
}

/** `x.npy` and `x.npy.gz` hold the array `x`. */
function nameOf(file: string): string {
  return file.replace(/\.gz$/i, '').replace(/\.npy$/i, '');
}

function openNpz(file: ByteFile, hold: (bytes: number) => void): (readonly [string, NpyArray])[] {
  const entries = readZipDirectory(file);
  return Array.from(entries.values(), (entry) => {
    const where = `${file.path}, ${entry.name}`;
    if (!entry.name.endsWith('.npy'))
      throw malformedFile(where, 'an .npz file: arrays named *.npy', entry.name);
    return [nameOf(entry.name), openEntry(file, entry, where, hold)] as const;
  });
}

function openEntry(file: ByteFile, entry: ZipEntry, where: string, hold: (bytes: number) => void): NpyArray {
  const offset = entry.storedAt();
  if (offset !== undefined) return openNpyArray({ file, offset, length: entry.size, where });
  hold(entry.size);
  return openNpyArray({ file: heldFile(where, entry.read()), offset: 0, length: entry.size, where });
}
