import type { z } from 'zod';
import type { Model } from '../onnx/ir/model.ts';

/** How a network is trained unless the user says otherwise: what makes the bare command train well. */
export interface TrainingDefaults {
  readonly epochs: number;
  readonly batch: number;
  readonly optimizer: string;
  /** Largest learning rate. */
  readonly rate: number;
  readonly schedule: string;
  readonly weightDecay: number;
  /** Names of augmentations. */
  readonly augment: readonly string[];
  readonly labelSmoothing?: number;
  readonly clipNorm?: number;
}

/** A known network. */
export interface Net<Options = unknown> {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  readonly options: z.ZodType<Options>;
  readonly training: TrainingDefaults;
  /** Options that the shape of a sample decides: its lengths without the batch. */
  fit?(sample: readonly number[]): { [K in keyof Options]?: Options[K] | undefined };
  /** Weights drawn from the seed; the same seed gives the same bytes. */
  build(options: Options, seed: number): Model;
}
