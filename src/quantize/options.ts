import { z } from 'zod';
import { observers } from '../observe/observers/index.generated.ts';
import { targets } from '../targets/index.generated.ts';
import { methodNames } from './chosen-methods.ts';
import { floatFormats } from './float-formats/index.generated.ts';
import { formats } from './formats/index.generated.ts';
import { layouts } from './layouts/index.generated.ts';
import { modes } from './modes/index.generated.ts';
import { observerName } from './observer-of.ts';
import { overrides } from './overrides.ts';
import { formatName, weightFormatNames } from './weight-format.ts';

/** Names of a registry as a zod enum. */
function names<T extends string>(records: Readonly<Record<T, unknown>>): [T, ...T[]] {
  // Object.keys widens to string[]; registries are never empty.
  return Object.keys(records) as [T, ...T[]];
}

const knownGranularities = 'must be channel, tensor or block:N, with N a power of 2 from 8 to 4096';
/** Blocks are cut along one axis; powers of 2 are what kernels take. */
const blockGranularity = z.templateLiteral(['block:', z.int()]).refine(
  (text) => {
    const block = Number(text.slice('block:'.length));
    return block >= 8 && block <= 4096 && Number.isInteger(Math.log2(block));
  },
  { error: knownGranularities },
);

/** Headings the flags stand under in `--help`; also keys of `.meta()`: `value` (placeholder), `whenOff` (of `--no-…`), `isFile`. */
const formatsGroup = 'Number formats:';
const rangesGroup = 'Calibration:';
const layersGroup = 'Which layers:';
const pattern = { value: 'pattern', group: layersGroup };

/** Options of `pare quantize` and the recipe step `quantize`. Flags, validation and docs come from here. */
export const quantizeOptions = z.strictObject({
  target: z
    .enum(['auto', ...names(targets)])
    .default('auto')
    .meta({
      description: 'processor to quantize for; auto asks this machine',
      value: 'name',
      group: formatsGroup,
    }),
  mode: z.enum(names(modes)).optional().meta({
    description: 'what is quantized, and when activations are (default: static, or what --weights implies)',
    value: 'name',
    group: formatsGroup,
  }),
  weights: z
    .string()
    .refine((text) => weightFormatNames.includes(formatName(text)), {
      error: `must be one of ${weightFormatNames.join(', ')}`,
    })
    .optional()
    .meta({
      description: `format of weights (default: by mode): ${weightFormatNames.join(', ')}; settings follow: codebook:entries=8`,
      value: 'format',
      group: formatsGroup,
    }),
  activations: z
    .enum([...names(formats), ...names(floatFormats)])
    .optional()
    .meta({
      description: 'format of activations (default: by mode and target)',
      value: 'format',
      group: formatsGroup,
    }),
  granularity: z
    .union([z.enum(['channel', 'tensor']), blockGranularity], { error: knownGranularities })
    .optional()
    .meta({
      description: 'channel, tensor, block:32 …: a weight scale for each (default: by target and format)',
      value: 'part',
      group: formatsGroup,
    }),
  blockKernels: z.enum(['auto', 'always', 'never']).default('auto').meta({
    description:
      'compute with weights in blocks of codes instead of decoding them at load: where fast, or so',
    value: 'when',
    group: formatsGroup,
  }),
  accuracyLevel: z.int().min(0).max(4).optional().meta({
    description:
      'least precision of such kernels: 0 the engine’s choice, 1 float32, 2 float16, 3 bfloat16, 4 int8 (default: by target)',
    value: 'n',
    group: formatsGroup,
  }),
  floatWeights: z
    .string()
    .refine((text) => text === 'float32' || weightFormatNames.includes(formatName(text)), {
      error: `must be float32 or one of ${weightFormatNames.join(', ')}`,
    })
    .optional()
    .meta({
      description:
        'format of the weights of layers the engine computes in float (default: as --weights); excluded layers stay exact',
      value: 'format',
      group: formatsGroup,
    }),
  method: z
    .string()
    .optional()
    .meta({
      description: `how weights stored as codes get scales and codes, one for either: ${methodNames.join(', ')}; settings follow: mse:candidates=80,gptq (default: by format)`,
      value: 'names',
      group: rangesGroup,
    }),
  symmetric: z
    .boolean()
    .default(false)
    .meta({ description: 'center the ranges of activations on zero', group: formatsGroup }),
  reduceRange: z.boolean().optional().meta({
    description: '7-bit weights, for processors without VNNI (default: by target)',
    whenOff: '8-bit weights whatever the target',
    group: formatsGroup,
  }),
  observer: z
    .string()
    .regex(observerName, `must be one of ${names(observers).join(', ')}, or such a name with :NUMBER`)
    .default('mse')
    .meta({
      description: `how ranges are found: ${names(observers).join(', ')}; a number follows a colon: percentile:99.9`,
      value: 'name',
      group: rangesGroup,
    }),
  samples: z
    .int()
    .min(1)
    .default(100)
    .meta({ description: 'calibration samples, drawn from all of --data', value: 'n', group: rangesGroup }),
  biasCorrection: z.boolean().default(true).meta({
    description: 'take the mean error of rounded weights out of the biases',
    whenOff: 'leave the mean error of rounded weights in; by default it is taken out of the biases',
    group: rangesGroup,
  }),
  include: z
    .array(z.string())
    .default([])
    .meta({ description: 'quantize only the nodes that match (repeatable)', ...pattern }),
  exclude: z
    .array(z.string())
    .default([])
    .meta({ description: 'leave the nodes that match in float (repeatable)', ...pattern }),
  keepFastest: z
    .boolean()
    .default(false)
    .meta({ description: 'leave in float what runs faster so, by measurement', group: layersGroup }),
  maxDrop: z.number().min(0).max(100).optional().meta({
    description:
      'leave layers in float until no more of the primary metric is lost on samples of --data: percentage points, or its own unit',
    value: 'points',
    group: layersGroup,
  }),
  layout: z.enum(names(layouts)).default('qdq').meta({
    description: 'how integer layers are written',
    value: 'name',
    group: formatsGroup,
  }),
  overrides: overrides.default([]).meta({
    description:
      'YAML or JSON: a list of { match: pattern, … } with other formats, ranges or observers for some nodes',
    value: 'file',
    isFile: true,
    group: layersGroup,
  }),
  floatLayers: z
    .record(z.string(), z.string())
    .optional()
    .describe('choices of an earlier run: layers left in float, with the reason'),
});

/** Options with their defaults filled in. */
export type QuantizeOptions = z.infer<typeof quantizeOptions>;
