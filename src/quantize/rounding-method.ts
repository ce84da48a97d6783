import type { z } from 'zod';
import type { GroupGrid } from './grid-method.ts';
import type { LevelFormat } from './level-format.ts';

/** The rows of a weight that see the same inputs: y = W·x. */
export interface LayerProblem {
  readonly rows: number;
  readonly depth: number;
  /** W, [rows, depth]: what would be best without a grid. */
  readonly weights: Float64Array;
  /** Second moments of x, [depth, depth], positive definite: the error of ŷ is tr (Ŵ − W)·H·(Ŵ − W)ᵀ. */
  readonly moments: Float64Array;
  readonly format: LevelFormat;
  /** The grid of each weight, by number. */
  readonly groupOf: Uint32Array;
  readonly grids: readonly GroupGrid[];
  /** Grids that belong to these rows alone, and may be changed. */
  readonly ownGrids: readonly number[];
}

export interface Rounded {
  /** [rows, depth] */
  readonly codes: Uint8Array;
  /** All grids of the problem, some of them perhaps better ones. */
  readonly grids: readonly GroupGrid[];
}

/** One way to choose codes so that what a layer makes of its inputs changes least. */
export interface RoundingMethod<O = unknown> {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  readonly options: z.ZodType<O>;
  round(problem: LayerProblem, options: O): Rounded;
}
