import type { Loss } from '../autodiff/loss.ts';
import { losses } from '../autodiff/losses/index.generated.ts';
import type { Optimizer } from '../autodiff/optimizer.ts';
import { optimizers } from '../autodiff/optimizers/index.generated.ts';
import { type Chosen, parseOneChosen } from '../base/parse-chosen.ts';
import type { Dataset } from '../data/dataset.ts';
import type { TrainingDefaults } from '../nn/net.ts';
import type { ChosenAugmentation } from './augmentation.ts';
import { batchNotShared, optionWithoutUse, stateNotTrained, tooFewSamples, tooFewSteps } from './errors.ts';
import type { TrainOptions } from './options.ts';
import { parseAugmentations } from './parse-augmentations.ts';
import type { Schedule } from './schedule.ts';
import { schedules } from './schedules/index.generated.ts';
import { splitForValidation } from './split-for-validation.ts';

/** All choices of a training, made. */
export interface TrainingPlan {
  readonly epochs: number;
  readonly batch: number;
  readonly stepsPerEpoch: number;
  readonly steps: number;
  readonly lr: number;
  readonly loss: Chosen<Loss>;
  readonly optimizer: Chosen<Optimizer>;
  readonly schedule: Chosen<Schedule>;
  readonly augmentations: readonly ChosenAugmentation[];
  /** Share of the target that mixed targets spread over all classes. */
  readonly labelSmoothing: number;
  /** Scores stand on the last axis. */
  readonly classesLast: boolean;
  /** Numbers of the samples trained on, and of those kept aside to choose by. */
  readonly training: Int32Array;
  readonly validation: Int32Array;
  /** The options with every choice filled in. */
  readonly resolved: TrainOptions;
}

/** What is done where neither user nor network say: a model that is good already is changed with care. */
const fallbacks: TrainingDefaults = {
  epochs: 10,
  batch: 64,
  optimizer: 'adamw',
  rate: 1e-4,
  schedule: 'cosine',
  weightDecay: 0,
  augment: [],
};

/** Fewer samples kept aside choose an epoch by chance. */
const ENOUGH_TO_CHOOSE = 200;

/** Makes all choices: the user's, else the network's, else common ones. */
export function trainingPlan(
  dataset: Dataset,
  options: TrainOptions,
  defaults: Partial<TrainingDefaults>,
  seed: number,
): TrainingPlan {
  if (dataset.state) throw stateNotTrained(dataset.name);
  const net = { ...fallbacks, ...defaults };
  const optimizerText = options.optimizer ?? net.optimizer;
  // A network's rate and decay belong to its optimizer.
  const isNets = nameOf(optimizerText) === nameOf(net.optimizer);
  const weightDecay = options.weightDecay ?? (isNets ? net.weightDecay : undefined);
  const optimizer = parseOneChosen<Optimizer>(optimizerText, optimizers, 'optimizer', { weightDecay });
  const { training, validation } = splitForValidation(dataset.length, options.validation, seed);
  const chosen = {
    keep: options.keep ?? (validation.length < ENOUGH_TO_CHOOSE ? ('last' as const) : ('best' as const)),
    epochs: options.epochs ?? net.epochs,
    batch: options.batch ?? net.batch,
    optimizer: optimizerText,
    lr: options.lr ?? (isNets ? net.rate : optimizer.record.commonRate),
    schedule: options.schedule ?? net.schedule,
    weightDecay,
    augment: options.augment ?? (net.augment.join(',') || 'none'),
    loss: options.loss ?? (dataset.task === 'regression' ? 'mse' : 'cross-entropy'),
    labelSmoothing: options.labelSmoothing ?? net.labelSmoothing ?? 0,
  };
  const resolved = { ...options, ...chosen, clipNorm: options.clipNorm ?? net.clipNorm };
  const { epochs, batch, lr, schedule, loss, augment } = chosen;
  if (batch % options.dataParallel !== 0) throw batchNotShared(batch, options.dataParallel);
  const stepsPerEpoch = Math.floor(training.length / batch);
  if (stepsPerEpoch === 0) throw tooFewSamples(dataset.name, training.length, batch);
  if (options.accumulate > epochs * stepsPerEpoch)
    throw tooFewSteps(epochs * stepsPerEpoch, options.accumulate);
  if (options.patience !== undefined && validation.length === 0)
    throw optionWithoutUse('--patience', 'no samples are kept aside to judge by');
  const augmentations = augment === 'none' ? [] : parseAugmentations(augment);
  const judged = lossOf(loss, resolved, augmentations);
  return {
    epochs,
    batch,
    stepsPerEpoch,
    steps: epochs * stepsPerEpoch,
    lr,
    loss: judged,
    optimizer,
    schedule: parseOneChosen<Schedule>(schedule, schedules, 'schedule'),
    augmentations,
    labelSmoothing: judged.labelSmoothing,
    classesLast: dataset.task === 'sequence',
    training,
    validation,
    resolved,
  };
}

/** Mixed samples have mixed targets, which only the soft form of cross-entropy takes. */
function lossOf(
  text: string,
  { labelSmoothing, classWeights }: TrainOptions,
  augmentations: readonly ChosenAugmentation[],
): Chosen<Loss> & { labelSmoothing: number } {
  const given = { labelSmoothing: labelSmoothing || undefined, classWeights };
  const spec = parseOneChosen<Loss>(text, losses, 'loss', given);
  // Losses that know of smoothing have it among their options.
  const known = spec.options as { labelSmoothing?: number; classWeights?: unknown };
  for (const key of ['labelSmoothing', 'classWeights'] as const)
    if (given[key] !== undefined && known[key] === undefined)
      throw optionWithoutUse(flags[key], `the loss ${spec.record.name} has no such thing`);
  const smoothing = known.labelSmoothing ?? 0;
  if (spec.record.target === 'values' || !augmentations.some(({ augmentation }) => augmentation.mixes))
    return { ...spec, labelSmoothing: smoothing };
  if (spec.record !== losses['cross-entropy'])
    throw optionWithoutUse('--augment', `the loss ${spec.record.name} takes no mixed targets`);
  if (known.classWeights !== undefined)
    throw optionWithoutUse(flags.classWeights, 'mixed samples belong to several classes');
  return { ...parseOneChosen<Loss>('soft-cross-entropy', losses, 'loss'), labelSmoothing: smoothing };
}

const flags = { labelSmoothing: '--label-smoothing', classWeights: '--class-weights' } as const;

function nameOf(spelled: string): string {
  return spelled.split(':')[0];
}
