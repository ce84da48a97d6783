import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const path = resolve(import.meta.dirname, '../../dist/engine-process.mjs');

/** The built program of engines apart; `npm test` builds it first. */
export function engineProgram(): URL {
  if (!existsSync(path)) throw new Error(`${path} is not there: run "npm run build" first`);
  return pathToFileURL(path);
}
