import type { Dataset } from '../data/dataset.ts';
import { targetMissing } from './errors.ts';

/** How many samples each class has. */
export async function classCounts(dataset: Dataset): Promise<number[]> {
  const counts: number[] = [];
  for await (const { labels } of dataset.batches({ batchSize: 256 })) {
    if (!labels) throw targetMissing(dataset.name, 'class indices');
    for (const label of labels) {
      while (counts.length <= label) counts.push(0);
      counts[label]++;
    }
  }
  return counts;
}
