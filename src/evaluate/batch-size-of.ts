import type { Model } from '../onnx/ir/model.ts';

/** Enough to keep the engine busy, little enough for any image net's activations. */
const FREE_BATCH = 16;

/** How many samples a run may take: what the model's inputs fix, else a moderate number. */
export function batchSizeOf(model: Model): number {
  for (const { type, initializer } of model.graph.inputs) {
    const batch = !initializer && type?.kind === 'tensor' ? type.shape?.[0] : undefined;
    if (typeof batch === 'number') return batch;
  }
  return FREE_BATCH;
}
