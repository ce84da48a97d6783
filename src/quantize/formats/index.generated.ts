// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { Format } from '../format.ts';
import { int16 } from './int16.ts';
import { int4 } from './int4.ts';
import { int8 } from './int8.ts';
import { uint16 } from './uint16.ts';
import { uint4 } from './uint4.ts';
import { uint8 } from './uint8.ts';

/** All number formats. */
export const formats = {
  int16,
  int4,
  int8,
  uint16,
  uint4,
  uint8,
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;
