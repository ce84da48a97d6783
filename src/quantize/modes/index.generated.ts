// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { Mode } from '../mode.ts';
import { dynamicMode } from './dynamic.ts';
import { staticMode } from './static.ts';
import { weightsMode } from './weights.ts';

/** All modes of quantization. */
export const modes = {
  dynamic: dynamicMode,
  static: staticMode,
  weights: weightsMode,
} as const satisfies Record<string, Mode>;

export type ModeName = keyof typeof modes;
