import { z } from 'zod';
import { formats } from './formats/index.generated.ts';
import { observerName } from './observer-of.ts';

/** Names of a registry as a zod enum. */
const formatName = z.enum(Object.keys(formats) as [keyof typeof formats, ...(keyof typeof formats)[]]);

/**
 * What holds for some nodes in place of the general options. `weights` and `granularity` speak of the layers themselves,
 * `activations` of the format they compute in and hand on, the rest of the values they hand on.
 */
const override = z
  .strictObject({
    match: z.string().min(1).describe('a pattern, as --include takes it'),
    weights: formatName.optional(),
    activations: formatName.optional(),
    granularity: z.enum(['channel', 'tensor']).optional(),
    observer: z.string().regex(observerName).optional(),
    symmetric: z.boolean().optional(),
    float: z.literal(true).optional(),
    range: z
      .tuple([z.number(), z.number()])
      .refine(([min, max]) => min < max, 'must be [smaller, larger]')
      .optional(),
  })
  .refine((rule) => Object.keys(rule).length > 1, 'says nothing of what it matches');

/** In order: of two rules that speak of one thing, the later wins. */
export const overrides = z.array(override);

export type Override = z.infer<typeof override>;
