// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { FileLayout } from '../file-layout.ts';
import { transformersJs } from './transformers-js.ts';

/** All layouts of files. */
export const fileLayouts = {
  'transformers-js': transformersJs,
} as const satisfies Record<string, FileLayout>;

export type FileLayoutName = keyof typeof fileLayouts;
