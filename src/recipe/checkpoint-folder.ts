import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cannotWrite } from '../onnx/errors.ts';
import type { CheckpointStore } from '../train/checkpoint.ts';

/** Checkpoints as files of a folder, which is made with the first. A file is replaced as a whole or not at all. */
export function checkpointFolder(folder: string): CheckpointStore {
  const pathOf = (name: string) => join(folder, `${name}.safetensors`);
  return {
    read: (name) =>
      readFile(pathOf(name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
    async write(name, bytes) {
      const path = pathOf(name);
      const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
      try {
        await mkdir(folder, { recursive: true });
        const file = await open(temporary, 'wx');
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
      } catch (cause) {
        await rm(temporary, { force: true });
        throw cannotWrite(path, cause);
      }
    },
  };
}
