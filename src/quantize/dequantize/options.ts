import { z } from 'zod';

/** Options of `pare dequantize` and the recipe step `dequantize`. */
export const dequantizeOptions = z.strictObject({
  saturation: z.enum(['keep', 'zero', 'drop']).default('keep').meta({
    description:
      'clamps that saturation may stand for: keep (Clip to the range of the codes), zero (only cuts at 0, as Relu), drop',
    value: 'way',
  }),
});

/** Options with their defaults filled in. */
export type DequantizeOptions = z.infer<typeof dequantizeOptions>;
export type Saturation = DequantizeOptions['saturation'];
