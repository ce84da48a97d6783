// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { Loss } from '../loss.ts';
import { bce } from './bce.ts';
import { cosine } from './cosine.ts';
import { crossEntropy } from './cross-entropy.ts';
import { huber } from './huber.ts';
import { kl } from './kl.ts';
import { mae } from './mae.ts';
import { mse } from './mse.ts';
import { softCrossEntropy } from './soft-cross-entropy.ts';

/** All losses. */
export const losses = {
  bce,
  cosine,
  'cross-entropy': crossEntropy,
  huber,
  kl,
  mae,
  mse,
  'soft-cross-entropy': softCrossEntropy,
} as const satisfies Record<string, Loss>;

export type LossName = keyof typeof losses;
