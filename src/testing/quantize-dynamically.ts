import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { QuantizeResult } from '../quantize/mode.ts';
import { quantizeOptions } from '../quantize/options.ts';
import { quantize } from '../quantize/quantize.ts';
import type { GivenOptions } from './quantize-graph.ts';

/** Quantizes a copy of the model in mode `dynamic` for `x64-vnni` unless told otherwise. */
export async function quantizeDynamically(
  runner: Runner,
  model: Model,
  options: GivenOptions = {},
  data?: Dataset,
): Promise<QuantizeResult> {
  const given = quantizeOptions.parse({ mode: 'dynamic', target: 'x64-vnni', ...options });
  return quantize(cloneModel(model), given, { runner, architecture: 'x64', data, seed: 0, threads: 1 });
}
