import type { Runner } from '../base/runner.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import { foldConstants } from '../passes/fold-constants.ts';
import { freezeInitializers } from '../passes/freeze-initializers.ts';
import { inlineFunctions } from '../passes/inline-functions.ts';
import { removeDeadPass } from '../passes/remove-dead.ts';
import { restateTypes } from '../passes/specialize/restate-types.ts';
import { upgradeOpset } from '../passes/upgrade-opset.ts';
import { freeBatch } from './free-batch.ts';
import { replaceHead } from './replace-head.ts';
import { separateStatistics } from './separate-statistics.ts';

/** Gradients are written in its operators. */
const LEAST_OPSET = 18;

/** A copy in which every parameter is an initializer, in an operator set that gradients can be written in. */
export async function prepareModel(
  original: Model,
  { classes, judge }: { classes?: number | undefined; judge?: string | undefined },
  { runner, seed }: { runner: Runner; seed: number },
): Promise<{ model: Model; hasNewHead: boolean }> {
  const model = cloneModel(original);
  for (const pass of [inlineFunctions, freezeInitializers]) await pass.run(model, { runner });
  await upgradeOpset(model, LEAST_OPSET);
  await foldConstants.run(model, { runner });
  await freeBatch(model);
  separateStatistics(model);
  const hasNewHead = classes !== undefined && (await replaceHead(model, classes, { output: judge, seed }));
  await removeDeadPass.run(model, { runner });
  await restateTypes(model);
  return { model, hasNewHead };
}
