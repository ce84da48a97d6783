// Ten kinds of things and animals in small colour pictures, told apart by six convolutions.
import { evaluate, openDataset, type TrainRequest, train } from 'pare';

interface Options extends Partial<TrainRequest> {
  /** Take so many of the 50,000 pictures to train on, and of the 1,000 to score on. */
  samples?: number;
}

export async function run({ samples, ...options }: Options = {}) {
  const open = (name: string) => openDataset(`${import.meta.dirname}/data/${name}.yaml`, { limit: samples });
  const { model, history } = await train('convnet-cifar', {
    data: await open('cifar10-train'),
    // Mirrored and moved by up to 4 pixels, a picture is another one each time it is shown.
    augment: 'flip,crop:pad=4',
    // The rate rises for a third of the training, then falls to nothing: large steps first, careful ones at last.
    schedule: 'one-cycle',
    ...options,
  });

  const scored = await evaluate(model, { data: await open('cifar10-test') });
  return { losses: history.epochs.map(({ loss }) => loss), accuracy: scored.model.metrics?.top1 };
}

if (/[\\/]cifar-convnet\.ts/.test(process.argv[1])) console.log(await run({ onEpoch: console.log }));
