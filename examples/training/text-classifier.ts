// Praise or blame? Film reviews, read by a net with a vector for each word and convolutions over three, four and five words.
import { evaluate, openDataset, type TrainRequest, train } from 'pare';

interface Options extends Partial<TrainRequest> {
  /** Take so many of the 6,920 sentences to train on, and of the 1,821 to score on. */
  samples?: number;
}

export async function run({ samples, ...options }: Options = {}) {
  const open = (name: string) => openDataset(`${import.meta.dirname}/data/${name}.yaml`, { limit: samples });
  // As many words as the dataset file numbers.
  const { model, history } = await train('text-cnn?vocabulary=8000', {
    data: await open('reviews-train'),
    // So few sentences are soon known by heart. A tenth is kept aside, and the best epoch on those counts.
    validation: 0.1,
    patience: 3,
    ...options,
  });

  const scored = await evaluate(model, { data: await open('reviews-test') });
  return { losses: history.epochs.map(({ loss }) => loss), accuracy: scored.model.metrics?.top1 };
}

if (/[\\/]text-classifier\.ts/.test(process.argv[1])) console.log(await run({ onEpoch: console.log }));
