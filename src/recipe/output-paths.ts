import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkWritable } from './check-writable.ts';
import { layoutNeedsFolder, outputIsFile, outputIsInput, outputNameless } from './errors.ts';
import { isSameFile } from './is-same-file.ts';

export interface OutputPaths {
  readonly model: string;
  /** The folder, where one is asked for. */
  readonly folder: string | undefined;
}

/**
 * Where the results go: `x.onnx` is the model itself, any other name a folder. Nothing is made yet; what can be wrong
 * with the names is found now.
 * @param place path of the model inside the folder, where a file layout wants one
 */
export async function outputPaths(input: string, output: string, place?: string): Promise<OutputPaths> {
  if (output === '') throw outputNameless();
  const folder = output.endsWith('.onnx') ? undefined : output;
  if (folder === undefined && place !== undefined) throw layoutNeedsFolder(output);
  const model = folder === undefined ? output : join(folder, place ?? 'model.onnx');
  if (await isSameFile(input, model)) throw outputIsInput(output);
  if (folder === undefined) await checkWritable(model);
  else {
    const present = await stat(folder).catch(() => undefined);
    if (present && !present.isDirectory()) throw outputIsFile(output);
    const isThere = present && (await stat(dirname(model)).catch(() => undefined));
    await checkWritable(isThere ? model : present ? dirname(model) : folder);
  }
  return { model, folder };
}
