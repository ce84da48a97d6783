import { z } from 'zod';
import { strictObject } from '../strict-object.ts';
import { MAX_SAMPLE_RATE } from './wav-facts.ts';

const count = z
  .int()
  .min(1)
  .max(2 ** 24);

/** `features` of an audio data set: what a model gets instead of the samples themselves. */
export const featureOptions = strictObject({
  kind: z.enum(['spectrum', 'magnitude', 'log-mel', 'mfcc']),
  /** Samples under the window, and samples from one window to the next. */
  window: z.int().min(2).max(65_536),
  hop: count,
  /** Samples of the transform, a power of two; the window is followed by zeros. Default: the next one from `window`. */
  fft: z
    .int()
    .min(2)
    .max(65_536)
    .refine((size) => Number.isInteger(Math.log2(size)), 'expected a power of two')
    .optional(),
  taper: z.enum(['hann', 'sqrt-hann', 'none']).default('hann'),
  /** Mel bands, and the frequencies in Hz they cover; default 0 to half the sample rate. */
  bands: z.int().min(1).max(1024).default(40),
  from: z.number().min(0).max(MAX_SAMPLE_RATE).default(0),
  to: z.number().positive().max(MAX_SAMPLE_RATE).optional(),
  /** Of mfcc: how many coefficients are kept; at most `bands`. */
  coefficients: z.int().min(1).max(1024).default(13),
  /** What a band's power is raised to before the logarithm. */
  floor: z.number().positive().default(1e-10),
  /** `time`: [windows, values]; `values`: [values, windows]. */
  first: z.enum(['time', 'values']).default('time'),
})
  .refine(({ window, fft }) => fft === undefined || fft >= window, {
    path: ['fft'],
    error: 'expected at least window',
  })
  .refine(({ kind, bands, coefficients }) => kind !== 'mfcc' || coefficients <= bands, {
    path: ['coefficients'],
    error: 'expected at most bands',
  })
  .refine(({ from, to }) => to === undefined || from < to, {
    path: ['to'],
    error: 'expected more than from',
  });

export type FeatureOptions = z.output<typeof featureOptions>;

/** `frames` of an audio data set: overlapping pieces along time, of samples or of feature windows. */
export const frameOptions = strictObject({
  /** Samples (or feature windows) of a frame, and from one frame to the next. */
  size: count,
  hop: count,
  /** Silent samples before the recording: with `size − hop`, the first frame brings `hop` new ones. */
  lead: z
    .int()
    .min(0)
    .max(2 ** 24)
    .default(0),
  /** `sequence`: a sample is [frames, size, …]; `frame`: each frame is a sample. */
  as: z.enum(['sequence', 'frame']).default('sequence'),
  /** Frames of a sequence: a recording gives several, an incomplete last one is left out. Default: all in one. */
  steps: count.optional(),
}).refine(({ as, steps }) => as === 'sequence' || steps === undefined, {
  path: ['steps'],
  error: 'only sequences have steps',
});

export type FrameOptions = z.output<typeof frameOptions>;
