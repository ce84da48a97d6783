import { isDeepStrictEqual } from 'node:util';
import type { Tensor } from '../../src/base/tensor.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { cloneModel } from '../../src/onnx/clone-model.ts';
import type { Model } from '../../src/onnx/ir/model.ts';
import type { QuantizeResult } from '../../src/quantize/mode.ts';
import { ortNode } from '../../src/runtime/ort-node.ts';
import { ErrorStatistics } from '../../src/tensor/error-statistics.ts';
import {
  type GivenOptions,
  normalDataset,
  optimizedOperators,
  quantizeGraph,
  runOptimized,
} from '../../src/testing/quantize-graph.ts';
import { runModel } from '../../src/testing/run-model.ts';

export const runner = await ortNode();

export interface Compared extends QuantizeResult {
  /** Of the first output, over the calibration samples, as the engine runs both models with all its rewriting; dB. */
  readonly sqnrDb: number;
  /** How often each operator occurs in the graph the engine makes of the result. */
  readonly operators: Readonly<Record<string, number>>;
}

/** Quantizes the model (minmax, x64-vnni unless told otherwise), runs both, and tells how close they are. */
export async function quantizeAndCompare(
  model: Model,
  options: GivenOptions = {},
  data: Dataset = normalDataset(model, 6),
): Promise<Compared> {
  const result = await quantizeGraph(runner, cloneModel(model), options, data);
  const errors = new ErrorStatistics();
  const [{ name }] = model.graph.outputs;
  for await (const { inputs } of data.batches({ batchSize: 1 })) {
    const before = await runModel(runner, model, inputs);
    const after = await runOptimized(runner, result.model, inputs);
    if (!isDeepStrictEqual(before[name].shape, after[name].shape)) throw new Error('the shape changed');
    errors.add(floats(before[name]), floats(after[name]));
  }
  return { ...result, sqnrDb: errors.sqnrDb, operators: await optimizedOperators(runner, result.model) };
}

function floats({ data, dtype }: Tensor): Float32Array {
  if (!(data instanceof Float32Array)) throw new Error(`the output is ${dtype}`);
  return data;
}

/** State by node name. */
export function states({ layers }: QuantizeResult): Record<string, string> {
  return Object.fromEntries(layers.map(({ name, state }) => [name, state]));
}
