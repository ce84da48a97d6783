// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { RoundingMethod } from '../rounding-method.ts';
import { coordinateDescent } from './coordinate-descent.ts';
import { gptq } from './gptq.ts';

/** All ways to choose codes so that layers change least. */
export const roundingMethods = {
  'coordinate-descent': coordinateDescent,
  gptq,
} as const satisfies Record<string, RoundingMethod>;

export type RoundingMethodName = keyof typeof roundingMethods;
