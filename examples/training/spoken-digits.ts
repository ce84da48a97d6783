// Spoken digits, made pictures of pitch over time, are read by the kind of net that listens for a word in small devices.
import { evaluate, openDataset, type TrainRequest, train } from 'pare';

interface Options extends Partial<TrainRequest> {
  /** Take so many of the 1,200 recordings to train on, and of the 300 to score on. */
  samples?: number;
}

export async function run({ samples, ...options }: Options = {}) {
  const open = (name: string) => openDataset(`${import.meta.dirname}/data/${name}.yaml`, { limit: samples });
  const { model, history } = await train('ds-cnn', {
    data: await open('digits-train'),
    // Each time it is shown, a recording is a little earlier or later, and a little noisy.
    augment: 'shift:by=0.15,noise:level=0.1',
    ...options,
  });

  const scored = await evaluate(model, { data: await open('digits-test') });
  const { metrics, confusions = [] } = scored.model;
  const losses = history.epochs.map(({ loss }) => loss);
  return { losses, accuracy: metrics?.top1, commonMistakes: confusions.slice(0, 3) };
}

if (/[\\/]spoken-digits\.ts/.test(process.argv[1])) console.log(await run({ onEpoch: console.log }));
