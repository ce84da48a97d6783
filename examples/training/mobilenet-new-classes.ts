// A net that knows 1,000 classes learns four others from 490 photographs: bird, dog, other animal, no animal.
import { evaluate, openDataset, readModel, type TrainRequest, train } from 'pare';

const assets = `${import.meta.dirname}/../../../shared/assets`;

interface Options extends Partial<TrainRequest> {
  /** Take so many of the 490 photographs to train on, and of the 210 to score on. */
  samples?: number;
}

export async function run({ samples, ...options }: Options = {}) {
  const open = (name: string) => openDataset(`${import.meta.dirname}/data/${name}.yaml`, { limit: samples });
  const original = await readModel(`${assets}/onnx/mobilenet-v1-0.25-imagenet.onnx`);
  const { model, history } = await train(original, {
    data: await open('animals-train'),
    // The last layer is made anew. All others stay as they are: what they see in pictures serves new classes, too.
    classes: 4,
    freeze: ['conv1*', 'conv_dw_*', 'conv_pw_*'],
    optimizer: 'adamw',
    lr: 0.003,
    batch: 32,
    epochs: 20,
    // So few samples are all needed: none is kept aside to choose the best epoch by, and the last one counts.
    validation: 0,
    ...options,
  });

  const scored = await evaluate(model, { data: await open('animals-test') });
  // Only now: what was frozen is still read from the original's file.
  await original.close();
  return { losses: history.epochs.map(({ loss }) => loss), accuracy: scored.model.metrics?.top1 };
}

if (/[\\/]mobilenet-new-classes\.ts/.test(process.argv[1])) console.log(await run({ onEpoch: console.log }));
