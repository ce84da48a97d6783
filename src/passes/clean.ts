import type { Model } from '../onnx/ir/model.ts';
import { factsOf } from './facts-of.ts';
import { fixReshapeTargets } from './fix-reshape-targets.ts';
import { foldArithmetic } from './fold-arithmetic.ts';
import { foldBatchNormalization } from './fold-batch-normalization.ts';
import { foldConstants } from './fold-constants.ts';
import { foldIntoNextLayer } from './fold-into-next-layer.ts';
import { foldPad } from './fold-pad.ts';
import { foldShapes } from './fold-shapes.ts';
import { freezeInitializers } from './freeze-initializers.ts';
import { inlineBodies } from './inline-bodies.ts';
import { inlineFunctions } from './inline-functions.ts';
import { mergeCasts } from './merge-casts.ts';
import { mergeConstants } from './merge-constants.ts';
import { mergeNodes } from './merge-nodes.ts';
import { mergeReshapes } from './merge-reshapes.ts';
import { mergeTransposes } from './merge-transposes.ts';
import type { Pass, PassContext } from './pass.ts';
import { pointwiseToGemm } from './pointwise-to-gemm.ts';
import { removeDeadPass } from './remove-dead.ts';
import { removeIdentity } from './remove-identity.ts';
import { removeNoOps } from './remove-no-ops.ts';
import { namesOfNodes, noteRemoved } from './removed-names.ts';

/** Nothing that follows makes new work for these. */
const firstPasses: readonly Pass[] = [inlineFunctions, freezeInitializers];
/**
 * In the order they enable one another, which is why they are listed by hand: plain operators first, then constants,
 * then what constants allow; weights are folded while each layer still has its own, equal ones merged after that.
 */
const cleaningPasses: readonly Pass[] = [
  removeIdentity,
  foldShapes,
  fixReshapeTargets,
  foldConstants,
  inlineBodies,
  removeNoOps,
  mergeTransposes,
  mergeReshapes,
  mergeCasts,
  foldPad,
  foldBatchNormalization,
  foldArithmetic,
  foldIntoNextLayer,
  pointwiseToGemm,
  mergeConstants,
  mergeNodes,
  removeDeadPass,
];
/** Far more rounds than any model needs: a pass that undoes another would else run for ever. */
const MAX_ROUNDS = 20;

/** Runs all cleaning passes until none finds anything left; returns the number of changes by pass. */
export async function clean(model: Model, context: PassContext): Promise<Record<string, number>> {
  const names = namesOfNodes(model.graph);
  const changes: Record<string, number> = {};
  for (const pass of firstPasses) changes[pass.name] = await pass.run(model, context);
  for (const { name } of cleaningPasses) changes[name] = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    // Passes keep the meaning of values, so that what is known of them holds for the whole round.
    const facts = await factsOf(model);
    let found = 0;
    for (const pass of cleaningPasses) {
      const count = await pass.run(model, { ...context, facts });
      changes[pass.name] += count;
      found += count;
    }
    if (found === 0) break;
  }
  noteRemoved(model.graph, names);
  return changes;
}
