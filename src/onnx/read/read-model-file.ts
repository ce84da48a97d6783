import { fileSource } from '../byte-source/file-source.ts';
import type { Model } from '../ir/model.ts';
import { externalPath } from './external-path.ts';
import { readModel } from './read-model.ts';
import type { OpenExternal } from './read-tensor.ts';

/** Reads a model by its path; external data must lie in the same folder or below it, symbolic links included. */
export async function readModelFile(path: string): Promise<Model> {
  const openExternal: OpenExternal = async (tensorName, location) =>
    fileSource(await externalPath(path, tensorName, location));
  const source = await fileSource(path);
  try {
    return await readModel(source, { openExternal });
  } catch (error) {
    await source.close();
    throw error;
  }
}
