import type { z } from 'zod';
import type { Rng } from '../base/rng.ts';

/** Samples as the model gets them, laid end to end; changed in place. */
export interface AugmentationBatch {
  readonly data: Float32Array;
  /** Of one sample. */
  readonly shape: readonly number[];
  readonly count: number;
  /** A whole sample of what empty places hold (black, silence): what moves in from outside. */
  readonly blank: Float32Array;
  /** Numbers a sample is to answer with, end to end; mixed like the samples. Absent where samples alone count. */
  readonly targets?: Float32Array | undefined;
}

/** Changes samples at random in a way that leaves their meaning, so that a net sees more than the data hold. */
export interface Augmentation<Options = unknown> {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  /** Images are [C, H, W], [H, W, C] or [H, W]; other shapes are refused. */
  readonly takes: 'images' | 'anything';
  /** Mixes samples, and with them their targets: these must be shares of classes, not class indices. */
  readonly mixes?: boolean;
  readonly options: z.ZodType<Options>;
  /** @param rngs a generator a sample, so that what happens to a sample does not depend on those beside it */
  apply(batch: AugmentationBatch, options: Options, rngs: readonly Rng[]): void;
}

/** An augmentation and how it is set. */
export interface ChosenAugmentation {
  readonly augmentation: Augmentation;
  /** Parsed by the augmentation's own `options`. */
  readonly options: unknown;
}
