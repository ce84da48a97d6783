import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { cannotWrite } from '../errors.ts';
import type { Model } from '../ir/model.ts';
import { fetchPart } from '../wire/fetch-part.ts';
import type { LazyBytes, Part } from '../wire/part.ts';
import { ExternalTensorStore } from './tensor-store.ts';
import { serializeModel } from './write-model.ts';

/** protobuf readers refuse messages of 2 GiB. */
const MAX_FILE_BYTES = 2 ** 31 - 1;

/** Where weights go. */
export interface WriteOptions {
  /** Put large weights into `<path>_data`; default: only when the model would not fit one protobuf message. */
  externalData?: boolean;
}

/**
 * Writes the model, streaming its weights; files appear under their names only when all of them are whole.
 * Returns the paths of the files written, the model's own first.
 * @throws PareError `cannot-write`, or what a lazy tensor throws
 */
export async function writeModelFile(
  model: Model,
  path: string,
  options: WriteOptions = {},
): Promise<[string, ...string[]]> {
  const whole = options.externalData ? undefined : await serializeModel(model);
  if (whole && whole.byteLength <= MAX_FILE_BYTES) {
    await writeAtomically([{ path, write: (file) => writeParts(file, whole.parts) }]);
    return [path];
  }
  const store = new ExternalTensorStore(`${basename(path)}_data`);
  const { parts } = await serializeModel(model, store);
  // Without large weights there is no second file.
  const data = { path: `${path}_data`, write: (file: FileHandle) => writeAt(file, store.contents) };
  const outer = { path, write: (file: FileHandle) => writeParts(file, parts) };
  if (store.contents.length === 0) {
    await writeAtomically([outer]);
    return [path];
  }
  await writeAtomically([data, outer]);
  return [path, data.path];
}

interface Output {
  readonly path: string;
  readonly write: (file: FileHandle) => Promise<void>;
}

/** Writes all files under temporary names, then renames them. */
async function writeAtomically(outputs: readonly Output[]): Promise<void> {
  const suffix = `.${randomBytes(4).toString('hex')}.part`;
  let { path } = outputs[0];
  try {
    for (const output of outputs) {
      path = output.path;
      await writeWhole(path + suffix, output.write);
    }
    for (const output of outputs) {
      path = output.path;
      await rename(path + suffix, path);
    }
  } catch (cause) {
    for (const output of outputs) await rm(output.path + suffix, { force: true }).catch(() => {});
    throw cannotWrite(path, cause);
  }
}

async function writeWhole(path: string, write: Output['write']): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await write(file);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeParts(file: FileHandle, parts: readonly Part[]): Promise<void> {
  for (const part of parts) await writeAll(file, await fetchPart(part), null);
}

async function writeAt(
  file: FileHandle,
  contents: readonly { offset: number; tensor: LazyBytes }[],
): Promise<void> {
  for (const { offset, tensor } of contents) await writeAll(file, await fetchPart(tensor), offset);
}

/** @param position where to write; null appends */
async function writeAll(file: FileHandle, bytes: Uint8Array, position: number | null): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const at = position === null ? null : position + done;
    done += (await file.write(bytes, done, bytes.length - done, at)).bytesWritten;
  }
}
