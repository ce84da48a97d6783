import { z } from 'zod';
import { observers } from '../observe/observers/index.generated.ts';
import { targets } from '../targets/index.generated.ts';
import { formats } from './formats/index.generated.ts';

/** Names of a registry as a zod enum. */
function names<T extends string>(records: Readonly<Record<T, unknown>>): [T, ...T[]] {
  // Object.keys widens to string[]; registries are never empty.
  return Object.keys(records) as [T, ...T[]];
}

const observerName = new RegExp(`^(${names(observers).join('|')})(:[0-9.]+)?$`);
const patterns = z.array(z.string()).default([]);

/** Options of `pare quantize` and the recipe step `quantize`. Flags, validation and docs come from here. */
export const quantizeOptions = z.strictObject({
  target: z
    .enum(['auto', ...names(targets)])
    .default('auto')
    .describe('engine and processor to quantize for; auto asks this machine'),
  weights: z.enum(['int8']).default('int8').describe('format of weights'),
  activations: z
    .enum(names(formats))
    .optional()
    .describe('format of activations; default: what the target computes fastest'),
  granularity: z.enum(['channel', 'tensor']).optional().describe('one weight scale a channel or a tensor'),
  symmetric: z.boolean().default(false).describe('symmetric activation ranges'),
  reduceRange: z.boolean().optional().describe('7-bit weights, for processors without VNNI'),
  observer: z
    .string()
    .regex(observerName, `must be one of ${names(observers).join(', ')}, or such a name with :NUMBER`)
    .default('mse')
    .describe(`how ranges are found: ${names(observers).join(', ')}; percentile:99.9 sets its parameter`),
  samples: z.int().min(1).default(100).describe('calibration samples, drawn from all of --data'),
  biasCorrection: z
    .boolean()
    .default(true)
    .describe('take the mean error of rounded weights out of the biases'),
  include: patterns.describe('quantize only the nodes that match (repeatable)'),
  exclude: patterns.describe('leave the nodes that match in float (repeatable)'),
  keepFastest: z
    .boolean()
    .default(false)
    .describe('leave layers in float that are faster so, by measurement'),
  maxDrop: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe(
      'percentage points of the primary metric that may be lost; layers are left in float until it holds',
    ),
  floatLayers: z
    .record(z.string(), z.string())
    .optional()
    .describe('choices of an earlier run: layers left in float, with the reason'),
});

export type QuantizeOptions = z.infer<typeof quantizeOptions>;
