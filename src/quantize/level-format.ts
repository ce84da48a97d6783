import type { z } from 'zod';

/**
 * A format of weights whose codes stand for a few numbers: value = scale · (levels[code] − levels[zero point]), where scale
 * and zero point belong to a group of weights.
 */
export interface LevelFormat {
  /** As it is asked for: `int3`, `codebook:entries=16`. */
  readonly name: string;
  /** Of a code, 1 to 8. */
  readonly bits: number;
  /** What codes stand for, ascending, at least 2 and 2^bits at most; a number: so many, fitted to the weights. */
  readonly levels: readonly number[] | number;
  /** Whether each group has a level that stands for 0; else 0 does. */
  readonly hasZeroPoint?: boolean;
  /** How scales are stored; `none`: levels are the weights themselves. */
  readonly scales: 'float32' | 'power-of-two' | 'none';
  /** Weights a group, where the user names no granularity; absent: all of a channel. */
  readonly block?: number;
}

/** A kind of such formats. */
export interface LevelFormatRecord<O = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly options: z.ZodType<O>;
  make(options: O): LevelFormat;
}
