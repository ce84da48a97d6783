import type { Batch, BatchOptions, Dataset } from '../data/dataset.ts';

export interface MemoryDatasetOptions {
  /** Name of the one input, which is `float[n,width]`. */
  input?: string;
  labels?: readonly number[];
  classNames?: readonly string[];
}

/** A data set of rows in memory. */
export function memoryDataset(
  rows: readonly (readonly number[])[],
  { input = 'x', labels, classNames }: MemoryDatasetOptions = {},
): Dataset {
  return {
    name: 'in memory',
    length: rows.length,
    task: labels ? 'classification' : 'none',
    ...(classNames && { classNames }),
    async *batches({ batchSize, indices }: BatchOptions): AsyncGenerator<Batch> {
      const order = Array.from(indices ?? rows.keys());
      for (let first = 0; first < order.length; first += batchSize) {
        const part = order.slice(first, first + batchSize);
        const data = Float32Array.from(part.flatMap((index) => rows[index]));
        yield {
          inputs: { [input]: { dtype: 'float', shape: [part.length, rows[0].length], data } },
          ...(labels && { labels: Int32Array.from(part, (index) => labels[index]) }),
        };
      }
    },
  };
}
