import type { z } from 'zod';
import type { LevelFormat } from './level-format.ts';
import type { Levels } from './weights/levels.ts';

/** What the codes of one group stand for: scale · (levels[code] − levels[zeroPoint]), or without the last where there is none. */
export interface GroupGrid {
  /** The format's, or the group's own. */
  readonly levels: Levels;
  /** A float32 number; may be negative. */
  readonly scale: number;
  /** Index of the level that stands for 0; undefined where 0 does. */
  readonly zeroPoint: number | undefined;
}

/** Weights that share a grid. */
export interface Group {
  readonly weights: Float32Array;
  /** What the square of an error of each counts; undefined: all the same. */
  readonly importance: Float32Array | undefined;
  readonly format: LevelFormat;
  /** The format's, where it has fixed ones. */
  readonly levels: Levels | undefined;
}

/** One way to find a grid for a group of weights. */
export interface GridMethod<O = unknown> {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  readonly options: z.ZodType<O>;
  /** Why it finds none for such a format; undefined where it does. */
  refuses(format: LevelFormat): string | undefined;
  /** @param group at least one weight, all finite */
  fit(group: Group, options: O): GroupGrid;
}
