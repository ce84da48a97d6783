import { z } from 'zod';
import { strictObject } from './strict-object.ts';

const side = z.int().min(1).max(16384);
const finite = z.number().refine(Number.isFinite, 'expected a finite number');
const perChannel = (number: z.ZodType<number>, what: string) =>
  z.union([number, z.array(number).min(1).max(4)], {
    error: `expected ${what}, or a list of them, one a channel`,
  });

/**
 * `preprocess` of a dataset file, for every kind whose samples are images. Applied in this order:
 * shortSide or resize, crop, color, value = (pixel × scale − mean) / std, layout.
 */
export const preprocessOptions = strictObject({
  /** The shorter side becomes this long, the ratio is kept. */
  shortSide: side.optional(),
  /** `[height, width]`, whatever the ratio was. */
  resize: z.tuple([side, side], { error: 'expected [height, width]' }).optional(),
  /** Size of the centre crop: one number for a square, or `[height, width]`. */
  crop: z.union([side, z.tuple([side, side])], { error: 'expected a size or [height, width]' }).optional(),
  /** Default: the channels of the source. */
  color: z.enum(['rgb', 'bgr', 'gray', 'luma']).optional(),
  layout: z.enum(['nchw', 'nhwc']).default('nchw'),
  scale: finite.default(1),
  mean: perChannel(finite, 'a finite number').default(0),
  std: perChannel(
    finite.refine((std) => std > 0, 'expected a positive number'),
    'a positive number',
  ).default(1),
}).refine((options) => options.shortSide === undefined || options.resize === undefined, {
  path: ['resize'],
  error: 'shortSide and resize exclude each other',
});

export type PreprocessOptions = z.output<typeof preprocessOptions>;
