import type { ObserverRecord } from '../observer.ts';
import { entropy } from './entropy.ts';
import { minmax } from './minmax.ts';
import { movingAverage } from './moving-average.ts';
import { mse } from './mse.ts';
import { percentile } from './percentile.ts';

/** All observers by name; see `../observer.ts` for the contract. */
export const observers = {
  minmax,
  'moving-average': movingAverage,
  percentile,
  entropy,
  mse,
} as const satisfies Record<string, ObserverRecord>;
