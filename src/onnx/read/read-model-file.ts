import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { fileSource } from '../byte-source/file-source.ts';
import { badExternalPath } from '../errors.ts';
import type { Model } from '../ir/model.ts';
import { readModel } from './read-model.ts';
import type { OpenExternal } from './read-tensor.ts';

/** Reads a model by its path; external data must lie in the same folder or below it, symbolic links included. */
export async function readModelFile(path: string): Promise<Model> {
  const openExternal: OpenExternal = async (tensorName, location) => {
    const folder = await realpath(dirname(resolve(path)));
    const wanted = resolve(folder, location);
    const target = await realpath(wanted).catch(() => wanted);
    const inside = relative(folder, target);
    if (location === '' || isAbsolute(location) || inside.startsWith('..') || isAbsolute(inside)) {
      throw badExternalPath(path, tensorName, location);
    }
    return fileSource(target);
  };
  const source = await fileSource(path);
  try {
    return await readModel(source, { openExternal });
  } catch (error) {
    await source.close();
    throw error;
  }
}
