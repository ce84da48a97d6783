import type { Dataset } from '../data/dataset.ts';
import { normalizeInput } from '../train/normalize-input.ts';
import type { TrainOptions } from '../train/options.ts';
import { splitForValidation } from '../train/split-for-validation.ts';
import { type TrainResult, train } from '../train/train.ts';
import type { TrainContext } from '../train/train-context.ts';
import { bindDataset } from './bind-dataset.ts';
import type { TrainSubject } from './train-subject.ts';

/** Trains a network on what the data gives, normalized inside it, or fine-tunes a model as it is. */
export async function trainOn(
  { model, net }: TrainSubject,
  dataset: Dataset,
  options: TrainOptions,
  context: Omit<TrainContext, 'data' | 'defaults' | 'isTrained'>,
): Promise<TrainResult> {
  const data = await bindDataset(dataset, model, context.signal);
  if (net) {
    const { training } = splitForValidation(data.length, options.validation, context.seed);
    await normalizeInput(model, data, training);
  }
  return train(model, options, { ...context, data, defaults: net?.training, isTrained: !net });
}
