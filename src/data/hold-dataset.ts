import type { Tensor } from '../base/tensor.ts';
import { allocateLike } from './allocate-like.ts';
import { copyElements } from './copy-elements.ts';
import type { Dataset } from './dataset.ts';
import { datasetFromTensors } from './dataset-from-tensors.ts';

const BATCH = 256;

/**
 * The same samples, read once and held in memory, for who goes through them many times. The data set itself where they
 * would take more than `limitBytes`, differ in shape, or are sequences of steps.
 */
export async function holdDataset(
  dataset: Dataset,
  { limitBytes, signal }: { limitBytes: number; signal?: AbortSignal | undefined },
): Promise<Dataset> {
  const { length, name, task, judge, classNames } = dataset;
  if (dataset.state || length === 0) return dataset;
  const held = new Map<string, Tensor>();
  let labels: Int32Array | undefined;
  let done = 0;
  for await (const batch of dataset.batches({ batchSize: BATCH, signal })) {
    const { inputs, targets } = batch;
    const parts = Object.entries({ ...inputs, ...(targets && { [TARGETS]: targets }) });
    if (done === 0) {
      if (bytesOf(parts) * (length / parts[0][1].shape[0]) > limitBytes) return dataset;
      for (const [field, tensor] of parts) held.set(field, emptyLike(tensor, length));
      labels = batch.labels && new Int32Array(length);
    }
    for (const [field, tensor] of parts) if (!append(held.get(field), tensor, done)) return dataset;
    if (batch.labels) labels?.set(batch.labels, done);
    done += parts[0][1].shape[0];
  }
  const targets = held.get(TARGETS);
  held.delete(TARGETS);
  const fields = Object.fromEntries(held);
  return {
    ...datasetFromTensors({ inputs: fields, name, ...(labels && { labels }), ...(targets && { targets }) }),
    task,
    ...(judge && { judge }),
    ...(classNames && { classNames }),
  };
}

/** No field of a data set is called so. */
const TARGETS = '\0targets';

function bytesOf(parts: readonly (readonly [string, Tensor])[]): number {
  return parts.reduce(
    // Texts are held as they are; what they take is not known.
    (sum, [, { data }]) => sum + ('byteLength' in data ? data.byteLength : Number.POSITIVE_INFINITY),
    0,
  );
}

function emptyLike({ dtype, shape: [count, ...rest], data }: Tensor, length: number): Tensor {
  return { dtype, shape: [length, ...rest], data: allocateLike(data, (data.length / count) * length) };
}

/** Whether the rows fit what is held. */
function append(held: Tensor | undefined, part: Tensor, row: number): boolean {
  const [count, ...rest] = part.shape;
  if (!held || held.dtype !== part.dtype || held.shape.slice(1).join() !== rest.join()) return false;
  const rowLength = part.data.length / count;
  copyElements({ from: part.data, start: 0, length: part.data.length }, held.data, row * rowLength);
  return true;
}
