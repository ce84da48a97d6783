// A small convolutional net reads handwritten digits; then it is judged by more than accuracy.
import { evaluate, openDataset, type TrainRequest, train, writeModel } from 'pare';

interface Options extends Partial<TrainRequest> {
  /** Take so many of the 60,000 digits to train on, and of the 10,000 to score on. */
  samples?: number;
  /** File to write the model to. */
  output?: string;
}

export async function run({ samples, output, ...options }: Options = {}) {
  const open = (name: string) => openDataset(`${import.meta.dirname}/data/${name}.yaml`, { limit: samples });
  const { model, history } = await train('two-conv', { data: await open('mnist-train'), ...options });
  if (output) await writeModel(model, output);

  // Recall: of all threes, how many were found? Precision: of all it called a three, how many were one? F1 joins the two.
  const scored = await evaluate(model, { data: await open('mnist-test') });
  const { metrics = {}, confusions = [] } = scored.model;
  const { top1: accuracy, precision, recall, f1 } = metrics;
  const losses = history.epochs.map(({ loss }) => loss);
  return { losses, accuracy, precision, recall, f1, commonMistakes: confusions.slice(0, 3) };
}

if (/[\\/]two-conv-cnn\.ts/.test(process.argv[1]))
  console.log(await run({ output: 'two-conv.onnx', onEpoch: console.log }));
