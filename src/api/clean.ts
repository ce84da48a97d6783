import type { Runner } from '../base/runner.ts';
import type { Model } from '../onnx/ir/model.ts';
import { cleanFor, type Use } from '../passes/specialize/clean-for.ts';
import { defaultRunner } from './default-runner.ts';

export interface CleanRequest extends Use {
  /** Default: onnxruntime-node. */
  runner?: Runner;
}

/**
 * Folds constants, batch normalization, arithmetic around layers and padding, writes functions and decided branches out,
 * merges what is there twice and removes what does nothing; results stay as they are up to float rounding. `shapes`,
 * `fix` and `outputs` make the model one for a narrower use. Works in place; returns the number of changes by pass.
 */
export async function clean(model: Model, request: CleanRequest = {}): Promise<Record<string, number>> {
  const { runner, ...use } = request;
  return cleanFor(model, use, { runner: await defaultRunner(runner) });
}
