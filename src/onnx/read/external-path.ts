import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { badExternalPath } from '../errors.ts';

/**
 * The file a model at `path` means by the location of external data; throws where that leaves the model's folder, symbolic
 * links included.
 */
export async function externalPath(path: string, tensorName: string, location: string): Promise<string> {
  const folder = await realpath(dirname(resolve(path)));
  const wanted = resolve(folder, location);
  const target = await realpath(wanted).catch(() => wanted);
  const inside = relative(folder, target);
  if (location === '' || isAbsolute(location) || inside.startsWith('..') || isAbsolute(inside)) {
    throw badExternalPath(path, tensorName, location);
  }
  return target;
}
