import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readTar } from './archive/read-tar.ts';
import { readZipDirectory } from './archive/zip-directory.ts';
import { openByteFile } from './byte-file.ts';
import { filesNotFound, fileTooLarge, noSamples } from './errors.ts';
import { findFiles } from './find-files.ts';
import { pathKind } from './path-kind.ts';

const ZIP = /\.zip$/i;
const TAR = /\.(tar|tar\.gz|tgz)$/i;

/** Files of a folder, a list or an archive, read one by one. */
export interface FileSet {
  /** The folder or archive, for messages. */
  readonly root: string;
  /** With `/` between segments, each once, sorted; of a list as it writes them. */
  readonly names: readonly string[];
  /** An archive is read as a folder is. */
  readonly by: 'folder' | 'list';
  /** What a file of the set goes by in messages. */
  where(name: string): string;
  /** Whether `where` is the path of a file that anyone can open: no member of an archive. */
  readonly isOnDisk: boolean;
  /** The bytes of one of `names`. Throws a PareError where there are more than `maxBytes`. */
  read(name: string, maxBytes: number): Promise<Uint8Array>;
}

/**
 * What `files` of a dataset file names: see `findFiles`, or one archive: .zip (files are unpacked when read) or .tar,
 * .tar.gz, .tgz (the files are held in memory, 2 GiB at most).
 * @param wanted the files to keep of an archive
 */
export async function openFileSet(
  files: string | readonly string[],
  { baseDir, where, wanted }: { baseDir: string; where: string; wanted: (name: string) => boolean },
): Promise<FileSet> {
  const path = typeof files === 'string' ? resolve(baseDir, files) : '';
  if ((ZIP.test(path) || TAR.test(path)) && (await pathKind(path)) === 'file') {
    const archive = ZIP.test(path)
      ? await zipFiles(path, wanted)
      : tarFiles(path, await readTar(path, wanted));
    if (archive.names.length === 0)
      throw noSamples(where, `no file of this kind, or none that matches, in ${path}`);
    return archive;
  }
  const found = await findFiles(files, baseDir, where);
  return {
    ...found,
    isOnDisk: true,
    where: (name) => resolve(found.root, name),
    read: async (name, maxBytes) => {
      const whole = resolve(found.root, name);
      const { size } = await stat(whole);
      if (size > maxBytes) throw fileTooLarge(whole, size, maxBytes);
      return readFile(whole);
    },
  };
}

async function zipFiles(path: string, wanted: (name: string) => boolean): Promise<FileSet> {
  const entries = readZipDirectory(await openByteFile(path));
  const where = (name: string) => `${path}, ${name}`;
  return {
    root: path,
    names: sorted(Array.from(entries.keys()).filter(wanted)),
    by: 'folder',
    isOnDisk: false,
    where,
    read: async (name, maxBytes) => {
      const entry = entries.get(name);
      if (!entry) throw filesNotFound(path, name);
      if (entry.size > maxBytes) throw fileTooLarge(where(name), entry.size, maxBytes);
      return entry.read();
    },
  };
}

function tarFiles(path: string, files: ReadonlyMap<string, Uint8Array>): FileSet {
  const where = (name: string) => `${path}, ${name}`;
  return {
    root: path,
    names: sorted([...files.keys()]),
    by: 'folder',
    isOnDisk: false,
    where,
    read: async (name, maxBytes) => {
      const bytes = files.get(name);
      if (!bytes) throw filesNotFound(path, name);
      if (bytes.length > maxBytes) throw fileTooLarge(where(name), bytes.length, maxBytes);
      return bytes;
    },
  };
}

/** By code unit: the same on every machine and locale. */
function sorted(names: string[]): string[] {
  return names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
