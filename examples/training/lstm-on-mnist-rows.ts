// A recurrent net reads digits as one reads a page, line after line. What it remembers at the end tells the digit.
import { evaluate, openDataset, type TrainRequest, train } from 'pare';

interface Options extends Partial<TrainRequest> {
  /** Take so many of the 60,000 digits to train on, and of the 10,000 to score on. */
  samples?: number;
}

export async function run({ samples, ...options }: Options = {}) {
  const open = (name: string) => openDataset(`${import.meta.dirname}/data/${name}.yaml`, { limit: samples });
  // The net takes its sizes from the data, 28 steps of 28 pixels; how much it can remember is said here.
  const { model, history } = await train('lstm?hidden=128', { data: await open('mnist-train'), ...options });

  const scored = await evaluate(model, { data: await open('mnist-test') });
  return { losses: history.epochs.map(({ loss }) => loss), accuracy: scored.model.metrics?.top1 };
}

if (/[\\/]lstm-on-mnist-rows\.ts/.test(process.argv[1])) console.log(await run({ onEpoch: console.log }));
