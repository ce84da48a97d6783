import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { cannotWrite } from '../errors.ts';
import type { Model } from '../ir/model.ts';
import type { LazyBytes, Part } from '../wire/splice.ts';
import { ExternalTensorStore } from './tensor-store.ts';
import { serializeModel } from './write-model.ts';

/** protobuf readers refuse messages of 2 GiB. */
const MAX_FILE_BYTES = 2 ** 31 - 1;

export interface WriteOptions {
  /** Put large weights into `<path>_data`; default: only when the model would not fit one protobuf message. */
  externalData?: boolean;
}

/** Writes the model, streaming its weights; the file appears under its name only when it is whole. */
export async function writeModelFile(model: Model, path: string, options: WriteOptions = {}): Promise<void> {
  const whole = options.externalData ? undefined : await serializeModel(model);
  if (whole && whole.byteLength <= MAX_FILE_BYTES)
    return writeAtomically(path, (file) => writeParts(file, whole.parts));
  const store = new ExternalTensorStore(`${basename(path)}_data`);
  const { parts } = await serializeModel(model, store);
  await writeAtomically(`${path}_data`, (file) => writeAt(file, store.contents));
  await writeAtomically(path, (file) => writeParts(file, parts));
}

async function writeAtomically(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cannotWrite(path, cause);
  }
}

async function writeParts(file: FileHandle, parts: readonly Part[]): Promise<void> {
  for (const part of parts) await writeAll(file, part instanceof Uint8Array ? part : await part.read(), null);
}

async function writeAt(
  file: FileHandle,
  contents: readonly { offset: number; tensor: LazyBytes }[],
): Promise<void> {
  for (const { offset, tensor } of contents) await writeAll(file, await tensor.read(), offset);
}

/** @param position where to write; null appends */
async function writeAll(file: FileHandle, bytes: Uint8Array, position: number | null): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const at = position === null ? null : position + done;
    done += (await file.write(bytes, done, bytes.length - done, at)).bytesWritten;
  }
}
