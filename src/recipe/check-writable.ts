import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { folderMissing, folderNotWritable, outputIsFolder } from './errors.ts';

/**
 * Finds out before the work whether a file can be written after it: its folder must be there and writable, and its name
 * must not be a folder's. A full disk shows only later.
 */
export async function checkWritable(path: string): Promise<void> {
  const present = await stat(path).catch(() => undefined);
  if (present?.isDirectory()) throw outputIsFolder(path);
  const folder = dirname(path);
  const parent = await stat(folder).catch(() => undefined);
  if (!parent?.isDirectory()) throw folderMissing(path, folder);
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw folderNotWritable(path, folder, cause);
  });
}
