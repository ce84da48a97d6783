import type { Batch } from '../../data/dataset.ts';
import { byteLength } from '../../tensor/byte-length.ts';

/** Batches that can be gone through again and again: they stay in memory as long as they are no more than this. */
const MAX_BYTES = 2 ** 30;

/** @param read reads all of them */
export async function heldBatches(read: () => AsyncIterable<Batch>): Promise<() => AsyncIterable<Batch>> {
  const held: Batch[] = [];
  let bytes = 0;
  for await (const batch of read()) {
    for (const { dtype, shape } of Object.values(batch.inputs)) bytes += byteLength(dtype, shape);
    if (bytes > MAX_BYTES) return read;
    held.push(batch);
  }
  return async function* () {
    yield* held;
  };
}
