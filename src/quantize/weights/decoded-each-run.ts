import type { Runner } from '../../base/runner.ts';
import type { Model } from '../../onnx/ir/model.ts';
import { readModel } from '../../onnx/read/read-model.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { modelToBytes, serializeModel } from '../../onnx/write/write-model.ts';
import { isStored } from './decode-at-load.ts';

/** protobuf readers refuse messages of 2 GiB. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Names of stored weights that the engine here decodes on each run instead of once at load, read off the graph it makes of
 * the model; undefined for models too large to be loaded from one piece of memory.
 */
export async function decodedEachRun(model: Model, runner: Runner): Promise<string[] | undefined> {
  const stored = storedNames(model);
  if (stored.size === 0) return [];
  if ((await serializeModel(model)).byteLength > MAX_BYTES) return undefined;
  const optimized = await readModel(await runner.optimize(await modelToBytes(model), 'basic'));
  const names: string[] = [];
  for (const { nodes } of subgraphDepthFirst(optimized.graph))
    for (const { outputs } of nodes)
      for (const output of outputs) if (output && stored.has(output.name)) names.push(output.name);
  return names;
}

function storedNames(model: Model): Set<string> {
  const names = new Set<string>();
  for (const { nodes } of subgraphDepthFirst(model.graph))
    for (const { outputs } of nodes)
      for (const output of outputs) if (output && isStored(output)) names.add(output.name);
  return names;
}
