import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The path of a file or folder of the real models and data, or undefined where they are absent. */
export function assetPath(name: string): string | undefined {
  const path = join(resolve(process.env.PARE_ASSETS ?? '../shared/assets'), name);
  return existsSync(path) ? path : undefined;
}
