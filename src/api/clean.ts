import type { Runner } from '../base/runner.ts';
import type { Model } from '../onnx/ir/model.ts';
import { clean as cleanModel } from '../passes/clean.ts';
import { defaultRunner } from './default-runner.ts';

/**
 * Folds constants, batch normalization, biases and padding, and removes what no output needs; results stay as they are up
 * to float rounding. Works in place; returns the number of changes by pass.
 */
export async function clean(
  model: Model,
  options: { runner?: Runner } = {},
): Promise<Record<string, number>> {
  return cleanModel(model, { runner: await defaultRunner(options.runner) });
}
