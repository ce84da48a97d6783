import { z } from 'zod';
import { constantOptions, fieldOptions } from './field-options.ts';
import type { sources } from './sources/index.generated.ts';
import { strictObject } from './strict-object.ts';

const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
  .default(0);

const fraction = z
  .tuple([z.number().min(0).max(1), z.number().min(0).max(1)], {
    error: 'expected [from, to], both 0 .. 1',
  })
  .refine(([from, to]) => from < to, 'from must be less than to');

/** What the answers to targets are judged by. */
const judge = strictObject({
  /** The metric a drop is counted in. */
  metric: z.string().min(1).optional(),
  /** The largest value of a signal, for PSNR. */
  peak: z.number().positive().max(1e9).optional(),
  /** Entries at both ends of the last two axes that do not count. */
  border: z.int().min(0).max(4096).optional(),
});

function isOneToOne(pairs: Readonly<Record<string, string>>): boolean {
  return new Set(Object.values(pairs)).size === Object.keys(pairs).length;
}

/** The keys every kind of dataset file has besides `kind`. */
export const commonOptions = {
  /** Default: what the data has: classification with labels, regression with targets. */
  task: z.enum(['classification', 'regression', 'sequence', 'none']).optional(),
  /** A named split of the kind, or a part of a seeded shuffle of all samples. */
  split: z
    .union([z.string().min(1), strictObject({ fraction, seed })], {
      error: 'expected the name of a split, or { fraction: [from, to], seed }',
    })
    .optional(),
  /** At most so many samples: a sample, seeded as the split is, of what the split holds. */
  limit: z.int().min(1).optional(),
  /** Model input ← field. */
  inputs: z.record(z.string().min(1), z.string().min(1)).optional(),
  /** Field → how its values become what the model takes. */
  fields: z.record(z.string().min(1), fieldOptions).optional(),
  /** Model input → a value it always gets; of an input fed by `state`, the value it starts with. */
  constants: z.record(z.string().min(1), constantOptions).optional(),
  /** Model output → model input it is fed to at the next step; a sample is a sequence then, its first axis the step. */
  state: z
    .record(z.string().min(1), z.string().min(1))
    .refine(isOneToOne, 'expected another input for each output')
    .optional(),
  /** The field that is its own target, as the model gets it: of autoencoders. */
  reconstruct: z.string().min(1).optional(),
  judge: judge.optional(),
};

type CommonOptions = z.input<z.ZodObject<typeof commonOptions>>;

/** A dataset file as written (docs/datasets.md): the kind, its options, and what is common to all kinds. */
export type DatasetFile = {
  [Kind in keyof typeof sources]: { kind: Kind } & CommonOptions & z.input<(typeof sources)[Kind]['options']>;
}[keyof typeof sources];
