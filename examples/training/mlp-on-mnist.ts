// Handwritten digits, read by a net of one hidden layer.
import { evaluate, openDataset, type TrainRequest, train } from 'pare';

interface Options extends Partial<TrainRequest> {
  /** Take so many of the 60,000 digits to train on, and of the 10,000 to score on. */
  samples?: number;
}

export async function run({ samples, ...options }: Options = {}) {
  const open = (name: string) => openDataset(`${import.meta.dirname}/data/${name}.yaml`, { limit: samples });
  const { model, history } = await train('mlp-784-128-10', { data: await open('mnist-train'), ...options });

  // Digits that the net has never seen.
  const scored = await evaluate(model, { data: await open('mnist-test') });
  return { losses: history.epochs.map(({ loss }) => loss), accuracy: scored.model.metrics?.top1 };
}

if (/[\\/]mlp-on-mnist\.ts/.test(process.argv[1])) console.log(await run({ onEpoch: console.log }));
