// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { ObserverRecord } from '../observer.ts';
import { entropy } from './entropy.ts';
import { minmax } from './minmax.ts';
import { movingAverage } from './moving-average.ts';
import { mse } from './mse.ts';
import { percentile } from './percentile.ts';

/** All observers. */
export const observers = {
  entropy,
  minmax,
  'moving-average': movingAverage,
  mse,
  percentile,
} as const satisfies Record<string, ObserverRecord>;

export type ObserverName = keyof typeof observers;
