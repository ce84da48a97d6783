import type { z } from 'zod';
import type { Rng } from '../base/rng.ts';

export interface AugmentationBatch {
  readonly data: Float32Array;
  readonly shape: readonly number[];
  readonly count: number;
  readonly targets?: Float32Array;
  readonly classes?: number;
  readonly fill: readonly number[];
}
export interface Augmentation<Options = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  readonly mixes?: boolean;
  readonly kind: 'image' | 'signal';
  apply(batch: AugmentationBatch, options: Options, rng: Rng): void;
}
