import type { Model } from '../onnx/ir/model.ts';
import { externalPath } from '../onnx/read/external-path.ts';

/** Paths of all files of a model that was read from `path`: its own first, then those that hold weights. */
export async function filesOfModel(path: string, model: Model): Promise<[string, ...string[]]> {
  const locations = model.externalLocations.map((location) => externalPath(path, location, location));
  return [path, ...new Set(await Promise.all(locations))];
}
