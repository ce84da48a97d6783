import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkWritable } from './check-writable.ts';
import { outputIsFile, outputIsInput } from './errors.ts';

export interface OutputPaths {
  readonly model: string;
  /** The run folder, where one is asked for. */
  readonly folder: string | undefined;
}

/**
 * Where the results go: `x.onnx` is the model itself, any other name a folder. Nothing is made yet; what can be wrong
 * with the names is found now.
 */
export async function outputPaths(input: string, output: string): Promise<OutputPaths> {
  const folder = output.endsWith('.onnx') ? undefined : output;
  const model = folder === undefined ? output : join(folder, 'model.onnx');
  if (await isSameFile(input, model)) throw outputIsInput(output);
  if (folder === undefined) await checkWritable(model);
  else {
    const present = await stat(folder).catch(() => undefined);
    if (present && !present.isDirectory()) throw outputIsFile(output);
    await checkWritable(present ? model : folder);
  }
  return { model, folder };
}

/** Also true for two names of one file (links, `./x` and `x`). */
async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)));
  return first !== undefined && second !== undefined && first.ino === second.ino && first.dev === second.dev;
}
