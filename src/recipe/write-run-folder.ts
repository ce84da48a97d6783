import { mkdir, mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PareError } from '../base/pare-error.ts';
import { cannotWrite } from '../onnx/errors.ts';

/**
 * Lets `write` fill a stage inside the folder and moves its files into their places once all are whole, so that a
 * failure leaves the files of an earlier run, or no folder at all.
 */
export async function writeRunFolder<T>(folder: string, write: (stage: string) => Promise<T>): Promise<T> {
  let stage: string | undefined;
  try {
    // Not recursive: the folder around it must exist, as for a file.
    await mkdir(folder).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw cause;
    });
    stage = await mkdtemp(join(folder, '.part-'));
    const result = await write(stage);
    for (const name of await readdir(stage)) await rename(join(stage, name), join(folder, name));
    return result;
  } catch (error) {
    // The stage's name means nothing to people.
    const isStaged = error instanceof PareError && error.code === 'cannot-write';
    throw cannotWrite(folder, isStaged ? error.cause : error);
  } finally {
    if (stage !== undefined) await rm(stage, { recursive: true, force: true });
    // Only succeeds on an empty folder: one that was made for nothing.
    await rmdir(folder).catch(() => {});
  }
}
