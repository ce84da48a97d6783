import type { Loss } from '../autodiff/loss.ts';
import { losses } from '../autodiff/losses/index.generated.ts';
import type { Optimizer } from '../autodiff/optimizer.ts';
import { optimizers } from '../autodiff/optimizers/index.generated.ts';
import type { Dataset } from '../data/dataset.ts';
import type { TrainingDefaults } from '../nn/net.ts';
import type { ChosenAugmentation } from './augmentation.ts';
import { stateNotTrained, tooFewSamples } from './errors.ts';
import type { TrainOptions } from './options.ts';
import { parseAugmentations } from './parse-augmentations.ts';
import { type Chosen, parseOneChosen } from './parse-chosen.ts';
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
  const weightDecay = options.weightDecay ?? (isNets ? net.weightDecay : 0);
  const optimizer = parseOneChosen<Optimizer>(optimizerText, optimizers, 'optimizer', { weightDecay });
  const chosen = {
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
  const { epochs, batch, lr, schedule, loss, augment, labelSmoothing } = chosen;
  const { training, validation } = splitForValidation(dataset.length, options.validation, seed);
  const stepsPerEpoch = Math.floor(training.length / batch);
  if (stepsPerEpoch === 0) throw tooFewSamples(dataset.name, training.length, batch);
  const augmentations = augment === 'none' ? [] : parseAugmentations(augment);
  return {
    epochs,
    batch,
    stepsPerEpoch,
    steps: epochs * stepsPerEpoch,
    lr,
    loss: lossOf(loss, resolved, augmentations),
    optimizer,
    schedule: parseOneChosen<Schedule>(schedule, schedules, 'schedule'),
    augmentations,
    labelSmoothing,
    classesLast: dataset.task === 'sequence',
    training,
    validation,
    resolved,
  };
}

/** Mixed pictures have mixed targets, which only the soft form of cross-entropy takes. */
function lossOf(
  text: string,
  { labelSmoothing, classWeights }: TrainOptions,
  augmentations: readonly ChosenAugmentation[],
): Chosen<Loss> {
  const given = { labelSmoothing, classWeights };
  const spec = parseOneChosen<Loss>(text, losses, 'loss', given);
  const mixes = augmentations.some(({ augmentation }) => augmentation.mixes);
  return mixes && spec.record === losses['cross-entropy']
    ? parseOneChosen<Loss>('soft-cross-entropy', losses, 'loss')
    : spec;
}

function nameOf(spelled: string): string {
  return spelled.split(':')[0];
}
