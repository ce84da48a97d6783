import { readdir } from 'node:fs/promises';
import { join, parse, resolve } from 'node:path';
import { filesNotFound, tooManyFiles } from './errors.ts';
import { matchesGlob } from './matches-glob.ts';
import { pathKind } from './path-kind.ts';

/** Bound on the files looked at, against listing a whole disk by mistake. */
const MAX_FILES = 2_000_000;

/** Files found. `resolve(root, name)` is the path of one. */
export interface FoundFiles {
  readonly root: string;
  /** Relative to `root` with `/` between segments, each once; those of a list as the list writes them. */
  readonly names: readonly string[];
  /** How they were asked for. */
  readonly by: 'folder' | 'list';
}

/**
 * The files of a folder (with its sub-folders), of a pattern (`*`, `?`, and `**` for any number of folders), or of a list
 * of files and patterns; sorted by name, a list in its own order. Links to folders are not followed.
 * Throws a PareError for whatever names no file. `where` is the dataset file.
 */
export async function findFiles(
  files: string | readonly string[],
  baseDir: string,
  where: string,
): Promise<FoundFiles> {
  const path = typeof files === 'string' ? resolve(baseDir, files) : undefined;
  if (path !== undefined && (await pathKind(path)) === 'folder') {
    const names = await listFolder(path, Number.POSITIVE_INFINITY);
    if (names.length === 0) throw filesNotFound(where, path);
    return { root: path, names, by: 'folder' };
  }

  const names: string[] = [];
  for (const entry of typeof files === 'string' ? [files] : files) {
    const found = await expand(entry, baseDir);
    if (found.length === 0) throw filesNotFound(where, entry);
    for (const name of found) names.push(name);
  }
  return { root: baseDir, names: [...new Set(names)], by: 'list' };
}

/** The same as whole paths. */
export async function findPaths(
  files: string | readonly string[],
  baseDir: string,
  where: string,
): Promise<string[]> {
  const { root, names } = await findFiles(files, baseDir, where);
  return names.map((name) => resolve(root, name));
}

/** The files one entry of a list names, written as the entry is. */
async function expand(entry: string, baseDir: string): Promise<string[]> {
  if ((await pathKind(resolve(baseDir, entry))) === 'file') return [entry];
  const { root: drive } = parse(entry);
  const segments = entry.slice(drive.length).split(/[\\/]/);
  const firstWild = segments.findIndex((segment) => /[*?]/.test(segment));
  if (firstWild < 0) return [];

  const fixed = drive + segments.slice(0, firstWild).join('/');
  const pattern = segments.slice(firstWild);
  const depth = pattern.includes('**') ? Number.POSITIVE_INFINITY : pattern.length;
  const names = await listFolder(resolve(baseDir, fixed), depth);
  const prefix = fixed === '' || fixed.endsWith('/') ? fixed : `${fixed}/`;
  return names.filter((name) => matchesGlob(name, pattern.join('/'))).map((name) => prefix + name);
}

/** All files down to `depth` levels of folders, sorted by code unit: the same on every machine and locale. */
async function listFolder(root: string, depth: number): Promise<string[]> {
  const names: string[] = [];
  const folders = [{ prefix: '', level: 1 }];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const { prefix, level } = next;
    const path = join(root, prefix);
    if ((await pathKind(path)) !== 'folder') continue;
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const name = prefix + entry.name;
      if (!entry.isDirectory()) names.push(name);
      else if (level < depth) folders.push({ prefix: `${name}/`, level: level + 1 });
    }
    if (names.length > MAX_FILES) throw tooManyFiles(root, MAX_FILES);
  }
  return names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
