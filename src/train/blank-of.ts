import type { Dataset } from '../data/dataset.ts';
import { augmentedInput } from './augment-batch.ts';
import { blankSample } from './blank-sample.ts';
import { spreadChoice } from './spread-choice.ts';

/** Enough samples to have seen an empty place. */
const SAMPLES = 256;

/** What empty places of the data's samples hold; undefined where no input can be augmented. */
export async function blankOf(dataset: Dataset, indices: Int32Array): Promise<Float32Array | undefined> {
  const some = spreadChoice(indices, SAMPLES);
  for await (const { inputs } of dataset.batches({ batchSize: some.length, indices: some })) {
    const name = augmentedInput(inputs);
    if (name === undefined) return undefined;
    const { shape, data } = inputs[name];
    return blankSample(data as Float32Array, shape.slice(1));
  }
  return undefined;
}
