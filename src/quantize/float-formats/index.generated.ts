// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { FloatFormat } from '../float-format.ts';
import { bfloat16 } from './bfloat16.ts';
import { float16 } from './float16.ts';

/** All floating-point formats. */
export const floatFormats = {
  bfloat16,
  float16,
} as const satisfies Record<string, FloatFormat>;

export type FloatFormatName = keyof typeof floatFormats;
