import { constants, copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Warning } from '../evaluate/report.ts';
import { cannotWrite } from '../onnx/errors.ts';
import type { Model } from '../onnx/ir/model.ts';
import { writeModelFile } from '../onnx/write/write-model-file.ts';
import type { FileLayout } from './file-layout.ts';
import type { OutputPaths } from './output-paths.ts';

/**
 * Writes the model to its place in a layout's folder, and copies beside it what belongs to every variant of the model and
 * lies beside the input; of that, files that are there already stay. Returns the paths of the model's files, and what
 * whoever loads it must know.
 */
export async function writeIntoLayout(
  model: Model,
  input: string,
  { model: path, folder = dirname(path) }: OutputPaths,
  layout: FileLayout,
): Promise<{ written: [string, ...string[]]; notes: Warning[] }> {
  // The folder around it must exist, as for a file.
  for (const made of new Set([folder, dirname(path)])) await makeFolder(made);
  const written = await writeModelFile(model, path);
  const root = layout.rootOf(input);
  for (const name of layout.companions) await copyIfMissing(join(root, name), join(folder, name));
  const [, ...weights] = written;
  const notes = weights.map((where) => ({ code: 'external-data', where, message: layout.externalDataHint }));
  return { written, notes };
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cannotWrite(path, cause);
  });
}

/** Neither a source that is not there nor a target that is counts as a failure. */
async function copyIfMissing(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT' && cause.code !== 'EEXIST') throw cannotWrite(to, cause);
  });
}
