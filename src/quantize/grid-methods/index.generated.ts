// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { GridMethod } from '../grid-method.ts';
import { kMeans } from './k-means.ts';
import { leastSquares } from './least-squares.ts';
import { mean } from './mean.ts';
import { mse } from './mse.ts';
import { nearest } from './nearest.ts';

/** All ways to find the grid of a group of weights. */
export const gridMethods = {
  'k-means': kMeans,
  'least-squares': leastSquares,
  mean,
  mse,
  nearest,
} as const satisfies Record<string, GridMethod>;

export type GridMethodName = keyof typeof gridMethods;
