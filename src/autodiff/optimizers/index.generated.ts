// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { Optimizer } from '../optimizer.ts';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import { lamb } from './lamb.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

/** All optimizers. */
export const optimizers = {
  adam,
  adamw,
  lamb,
  rmsprop,
  sgd,
} as const satisfies Record<string, Optimizer>;

export type OptimizerName = keyof typeof optimizers;
