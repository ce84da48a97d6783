import type { Model } from '../onnx/ir/model.ts';
import { foldBatchNormalization } from './fold-batch-normalization.ts';
import { foldBias } from './fold-bias.ts';
import { foldConstants } from './fold-constants.ts';
import { foldPad } from './fold-pad.ts';
import { freezeInitializers } from './freeze-initializers.ts';
import type { Pass, PassContext } from './pass.ts';
import { pointwiseToGemm } from './pointwise-to-gemm.ts';
import { removeDeadPass } from './remove-dead.ts';
import { removeIdentity } from './remove-identity.ts';

/** In the order they enable one another. */
const cleaningPasses: readonly Pass[] = [
  freezeInitializers,
  removeIdentity,
  foldConstants,
  foldBatchNormalization,
  foldBias,
  foldPad,
  pointwiseToGemm,
  removeDeadPass,
];

/** Far more rounds than any model needs: a pass that undoes another would else run for ever. */
const MAX_ROUNDS = 20;

/** Runs all cleaning passes until none finds anything left; returns the number of changes by pass. */
export async function clean(model: Model, context: PassContext): Promise<Record<string, number>> {
  const changes: Record<string, number> = {};
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let found = 0;
    for (const pass of cleaningPasses) {
      const count = await pass.run(model, context);
      changes[pass.name] = (changes[pass.name] ?? 0) + count;
      found += count;
    }
    if (found === 0) break;
  }
  return changes;
}
