import { stat } from 'node:fs/promises';

/** What a path leads to. Throws what the file system throws, except that nothing is there. */
export async function pathKind(path: string): Promise<'file' | 'folder' | 'nothing' | 'other'> {
  try {
    const found = await stat(path);
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'nothing';
    throw error;
  }
}
