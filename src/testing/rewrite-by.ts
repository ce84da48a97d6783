import { expect } from 'vitest';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Pass } from '../passes/pass.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { expectClose } from './expect-close.ts';
import { randomFeeds } from './random-feeds.ts';
import { runModel } from './run-model.ts';

/** Folded weights are rounded once more to float32; sums of a few dozen products. */
const RTOL = 1e-5;

/**
 * Runs one pass on a copy; checks that the engine's outputs stay, and that a second run finds nothing. Gives back the
 * rewritten model.
 */
export async function rewriteBy(pass: Pass, model: Model, expectedChanges: number): Promise<Model> {
  const runner = await ortNode();
  const feeds = randomFeeds(model);
  const before = await runModel(runner, model, feeds);
  const result = cloneModel(model);
  expect(await pass.run(result, { runner })).toBe(expectedChanges);
  expectClose(await runModel(runner, result, feeds), before, RTOL);
  expect(await pass.run(result, { runner })).toBe(0);
  return result;
}

/** Checks that a pass leaves a model alone, which the engine runs. */
export async function expectRefusedBy(pass: Pass, model: Model): Promise<void> {
  const before = operatorsOf(model);
  expect(operatorsOf(await rewriteBy(pass, model, 0))).toEqual(before);
}

/** Operators of the main graph, in order. */
export function operatorsOf(model: Model): string[] {
  return [...model.graph.nodes].map((node) => node.opType);
}
