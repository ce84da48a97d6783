import type { z } from 'zod';

/** How far a run is. */
export interface RunProgress {
  /** Steps made before this one. */
  readonly step: number;
  /** Steps of the whole run. */
  readonly steps: number;
  readonly stepsPerEpoch: number;
}

/** How the learning rate changes over a run. */
export interface Schedule<Options = unknown> {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  /** The learning rate of this step relative to the largest. */
  factor(progress: RunProgress, options: Options): number;
}
