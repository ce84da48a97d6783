import { z } from 'zod';
import { losses } from '../autodiff/losses/index.generated.ts';
import { optimizers } from '../autodiff/optimizers/index.generated.ts';
import { augmentations } from './augmentations/index.generated.ts';
import { schedules } from './schedules/index.generated.ts';

const names = (records: object) => Object.keys(records).join(', ');
const lengthGroup = 'How long:';
const updateGroup = 'How parameters change:';
const dataGroup = 'What is shown:';
const engineGroup = 'How it runs:';
const partsGroup = 'Which parts:';

/**
 * Options of `pare train` and the recipe step `train`. What is not given is chosen by the network, or by the task of the
 * data.
 */
export const trainOptions = z.strictObject({
  epochs: z.int().min(1).max(1_000_000).optional().meta({
    description: 'times all samples are shown (default: by network; 10)',
    value: 'n',
    group: lengthGroup,
  }),
  batch: z.int().min(1).max(65_536).optional().meta({
    description: 'samples a step (default: by network; 64)',
    value: 'n',
    group: lengthGroup,
  }),
  patience: z.int().min(1).optional().meta({
    description: 'stop when validation has not improved for so many epochs',
    value: 'epochs',
    group: lengthGroup,
  }),
  keep: z.enum(['best', 'last']).optional().meta({
    description:
      'parameters that are written: those best in validation, or the last (default: best, if 200 samples or more are kept aside)',
    value: 'which',
    group: lengthGroup,
  }),
  optimizer: z
    .string()
    .optional()
    .meta({
      description: `${names(optimizers)}; settings follow: sgd:momentum=0.9,nesterov=true (default: by network; adamw)`,
      value: 'name',
      group: updateGroup,
    }),
  lr: z.number().positive().optional().meta({
    description: 'largest learning rate (default: by network; of models 0.0001, with new --classes 0.001)',
    value: 'rate',
    group: updateGroup,
  }),
  schedule: z
    .string()
    .optional()
    .meta({
      description: `of the learning rate: ${names(schedules)}; settings as above (default: by network; cosine)`,
      value: 'name',
      group: updateGroup,
    }),
  warmUp: z.number().min(0).max(1).default(0).meta({
    description: 'share of the steps in which the rate rises from 0',
    value: 'share',
    group: updateGroup,
  }),
  weightDecay: z.number().min(0).optional().meta({
    description: 'pull of weights towards 0, not of vectors (default: by network; 0)',
    value: 'rate',
    group: updateGroup,
  }),
  clipNorm: z.number().positive().optional().meta({
    description: 'shorten gradients longer than this',
    value: 'length',
    group: updateGroup,
  }),
  accumulate: z.int().min(1).max(65_536).default(1).meta({
    description: 'batches whose gradients make one update',
    value: 'n',
    group: updateGroup,
  }),
  average: z.number().min(0).max(0.999999).optional().meta({
    description: 'write a running average of the parameters of this decay, as 0.999',
    value: 'decay',
    group: updateGroup,
  }),
  loss: z
    .string()
    .optional()
    .meta({
      description: `${names(losses)}; settings as above (default: cross-entropy of classes, mse of values)`,
      value: 'name',
      group: dataGroup,
    }),
  labelSmoothing: z.number().min(0).max(1).optional().meta({
    description: 'share of the target spread over all classes',
    value: 'share',
    group: dataGroup,
  }),
  classWeights: z
    .union([z.literal('balanced'), z.array(z.number().min(0))], { error: 'must be balanced' })
    .optional()
    .meta({
      description: 'what each class counts: balanced, against how often it appears',
      value: 'balanced',
      group: dataGroup,
    }),
  augment: z
    .string()
    .optional()
    .meta({
      description: `changes of what is shown, as flip,crop:pad=4; or none: ${names(augmentations)} (default: by network; none)`,
      value: 'list',
      group: dataGroup,
    }),
  validation: z.number().min(0).max(0.9).default(0.05).meta({
    description: 'share of the samples kept aside to choose by, 5,000 at most; 0 for none',
    value: 'share',
    group: dataGroup,
  }),
  backend: z.enum(['auto', 'standard', 'blocked']).default('auto').meta({
    description:
      "operators a step is made of: standard ones, or the engine's for blocks of channels, faster where there are convolutions (auto: these, if a first step does the same in both)",
    value: 'which',
    group: engineGroup,
  }),
  dataParallel: z.int().min(1).max(64).default(1).meta({
    description:
      'share each batch out among so many processes; batch normalization then sees the samples of its own share only',
    value: 'n',
    group: engineGroup,
  }),
  judge: z.string().optional().meta({
    description: 'the output that is judged (default: the first)',
    value: 'name',
    group: partsGroup,
  }),
  freeze: z.array(z.string()).default([]).meta({
    description: 'nodes whose parameters stay as they are (repeatable)',
    value: 'pattern',
    group: partsGroup,
  }),
  rate: z.array(z.string()).default([]).meta({
    description: 'learning rate of nodes relative to --lr: name:conv*=0.1 (repeatable)',
    value: 'pattern=factor',
    group: partsGroup,
  }),
  classes: z.int().min(2).max(1_000_000).optional().meta({
    description: 'give the network, or the model in place of its last layer, so many classes',
    value: 'n',
    group: partsGroup,
  }),
});

/** Options with their defaults filled in. */
export type TrainOptions = z.output<typeof trainOptions>;
