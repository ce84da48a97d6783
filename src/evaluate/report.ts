import { z } from 'zod';

/**
 * `report.json` (and what `--json` prints): one object a command. Metrics of classes are fractions 0..1, those of targets in
 * the unit their records state; times milliseconds, sizes bytes, SQNR decibels. See DESIGN "report.json".
 */

const file = z.strictObject({ path: z.string(), bytes: z.number(), sha256: z.string() });

const latency = z.strictObject({
  median: z.number(),
  p10: z.number(),
  p90: z.number(),
  runs: z.number(),
  batch: z.number(),
});

/** One cell of the confusion table that is off its diagonal. */
const confusion = z.strictObject({ actual: z.string(), predicted: z.string(), count: z.number() });

const measured = z.strictObject({
  samples: z.number().optional(),
  /** By metric name: top1, top5, precision, recall, f1 (macro averages); mse, psnr, …; accuracy, perplexity; positive-rate. */
  metrics: z.record(z.string(), z.number()).optional(),
  latencyMs: latency.optional(),
  parameters: z.number(),
  macs: z.number(),
  bytes: z.number(),
  /** Most frequent mistakes, most frequent first. */
  confusions: z.array(confusion).optional(),
});

const interval = { low: z.number(), high: z.number() };

/**
 * How much of the primary metric was lost (negative: gained), with the paired bootstrap's 95 % interval. `points`, `low` and
 * `high` are percentage points; where there is a `unit`, they are in it instead: `dB`, or `number`, the metric's own.
 */
const drop = z.strictObject({
  metric: z.string(),
  points: z.number(),
  ...interval,
  unit: z.enum(['dB', 'number']).optional(),
});

const comparison = z.strictObject({
  /** Share of samples with the same argmax as the original; of steps with the same decision. */
  agreement: z.number().optional(),
  drop: drop.optional(),
  /** before / after, of interleaved runs. */
  speedup: z.strictObject({ median: z.number(), ...interval }).optional(),
  /** At the model's outputs. */
  sqnrDb: z.number().optional(),
  mse: z.number().optional(),
  mae: z.number().optional(),
  cosine: z.number().optional(),
});

/** Counts of values in equal bins from `min` to `max`. */
const histogram = z.strictObject({ min: z.number(), max: z.number(), counts: z.array(z.number()) });

const layer = z.strictObject({
  /** Name of the node in the input file (the first it absorbed). */
  name: z.string(),
  opType: z.string(),
  /**
   * `quantized`: computed in integers; `stored`: computed in float, its weights stored in fewer bits; `float`: left as it
   * was; `pass`: moves quantized values unchanged.
   */
  state: z.enum(['quantized', 'stored', 'float', 'pass']),
  /** Why it is in that state; empty where nothing needs saying. */
  reason: z.string(),
  weightSqnrDb: z.number().optional(),
  activationSqnrDb: z.number().optional(),
  /** The calibrated range of its output. */
  range: z.strictObject({ min: z.number(), max: z.number() }).optional(),
  histogram: histogram.optional(),
});

/** A limit the user stated: no more than `wanted` of `unit`. */
const limit = z.strictObject({
  /** As the option is called: `max-drop`. */
  name: z.string(),
  wanted: z.number(),
  /** By the samples that choices were made on, not those of `before` and `after`. */
  got: z.number(),
  unit: z.string(),
  met: z.boolean(),
});

/** What cleaning passes did. */
const cleaning = z.strictObject({
  /** Those in branches and loop bodies too. */
  nodes: z.strictObject({ before: z.number(), after: z.number() }),
  /** Places each pass changed, by its name, in the order they run. */
  passes: z.record(z.string(), z.number()),
});

/** What became of one epoch. */
const epoch = z.strictObject({
  epoch: z.number(),
  /** Steps made at its end. */
  step: z.number(),
  /** Mean of its steps' losses. */
  loss: z.number(),
  /** Learning rate of its last step. */
  rate: z.number(),
  /** Metrics of the samples kept aside. */
  validation: z.record(z.string(), z.number()).optional(),
});

/** How a training went. */
const training = z.strictObject({
  epochs: z.array(epoch),
  /** The metric epochs are compared by; absent without validation. */
  metric: z.string().optional(),
  /** The epoch whose parameters were written. */
  chosen: z.number(),
  /** What the steps were computed in: `standard` operators, or the engine's `blocked` ones. */
  backend: z.string(),
});

const warning = z.strictObject({ code: z.string(), where: z.string(), message: z.string() });

const failure = z.strictObject({
  code: z.string(),
  message: z.string(),
  where: z.string().optional(),
  hint: z.string().optional(),
});

export const reportSchema = z.strictObject({
  schema: z.literal('pare.report/1'),
  command: z.string(),
  engine: z
    .strictObject({
      name: z.string(),
      version: z.string(),
      target: z.string().optional(),
      cpu: z.string(),
      threads: z.number(),
    })
    .optional(),
  input: file.optional(),
  output: file.optional(),
  before: measured.optional(),
  after: measured.optional(),
  comparison: comparison.optional(),
  cleaning: cleaning.optional(),
  training: training.optional(),
  layers: z.array(layer).optional(),
  /** What the user asked not to be exceeded; absent where nothing was asked. */
  limits: z.array(limit).optional(),
  /** False when one of the limits was not kept; the best file is written all the same. */
  met: z.boolean().optional(),
  warnings: z.array(warning),
  seconds: z.number(),
  /** Largest resident memory of the process tree. */
  peakBytes: z.number(),
  error: failure.optional(),
});

/** What a command found out, as `--json` prints it. */
export type Report = z.infer<typeof reportSchema>;
/** What became of one node. */
export type LayerReport = z.infer<typeof layer>;
/** What is known of one model. */
export type Measured = z.infer<typeof measured>;
/** A model against its original. */
export type Comparison = z.infer<typeof comparison>;
/** What became of one epoch of a training. */
export type EpochReport = z.infer<typeof epoch>;
/** How a training went. */
export type TrainingReport = z.infer<typeof training>;
export type Limit = z.infer<typeof limit>;
export type Cleaning = z.infer<typeof cleaning>;
export type Warning = z.infer<typeof warning>;
