import type { Dataset } from '../data/dataset.ts';
import { augmentedInput } from './augment-batch.ts';
import { sampleChannels } from './sample-channels.ts';
import { spreadChoice } from './spread-choice.ts';

/** Enough samples to have seen an empty place. */
const SAMPLES = 256;

/**
 * What an empty place of a sample holds: the smallest value seen, in pictures for each channel. That is black, however they
 * are scaled.
 */
export async function fillOf(dataset: Dataset, indices: Int32Array): Promise<number[]> {
  let least: number[] = [];
  for await (const { inputs } of dataset.batches({
    batchSize: 16,
    indices: spreadChoice(indices, SAMPLES),
  })) {
    const name = augmentedInput(inputs);
    if (name === undefined) return [];
    const { shape, data } = inputs[name];
    const { count, stride } = sampleChannels(shape.slice(1));
    if (least.length === 0) least = new Array<number>(count).fill(Number.POSITIVE_INFINITY);
    for (let i = 0; i < data.length; i++) {
      const channel = Math.floor(i / stride) % count;
      least[channel] = Math.min(least[channel], Number(data[i]));
    }
  }
  return least;
}
