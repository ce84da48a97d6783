import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../base/tensor.ts';
import type { Model } from '../../onnx/ir/model.ts';
import { readModel } from '../../onnx/read/read-model.ts';
import { readModelFile } from '../../onnx/read/read-model-file.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { modelToBytes } from '../../onnx/write/write-model.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { assetsFolder } from '../../testing/assets-folder.ts';
import { quantizeDynamically } from '../../testing/quantize-dynamically.ts';
import { runOptimized } from '../../testing/quantize-graph.ts';
import { randomFeeds } from '../../testing/random-feeds.ts';
import { f32, int64 } from '../../testing/tensors.ts';
import { worstSqnr } from '../../testing/worst-sqnr.ts';

const runner = await ortNode();
const folder = join(assetsFolder, 'onnx');

const speech = (): Record<string, Tensor> => ({
  input: f32([1, 576], 'speech', 0.1),
  state: f32([2, 1, 128], 'state', 0.3),
  sr: int64(16000),
});
const random = (model: Model) => randomFeeds(model, 1, () => 1);

interface Expected {
  readonly feeds: (model: Model) => Record<string, Tensor>;
  /** File before / after, at least. */
  readonly smaller: number;
  readonly sqnrDb: number;
  /** Integer operators in the graph the engine runs, bodies counted. */
  readonly integers: Readonly<Record<string, number>>;
}

const models: Record<string, Expected> = {
  'autoencoder-toycar': { feeds: random, smaller: 3.8, sqnrDb: 25, integers: {} },
  'dtln-1': { feeds: random, smaller: 3.7, sqnrDb: 30, integers: { DynamicQuantizeLSTM: 2 } },
  'dtln-2': { feeds: random, smaller: 3.8, sqnrDb: 30, integers: { DynamicQuantizeMatMul: 1 } },
  'gtcrn-simple': { feeds: random, smaller: 1.2, sqnrDb: 23.5, integers: {} },
  'silero-vad-16k': { feeds: speech, smaller: 3.5, sqnrDb: 14, integers: { DynamicQuantizeLSTM: 1 } },
  'silero-vad-if': { feeds: speech, smaller: 3.3, sqnrDb: 14, integers: { DynamicQuantizeLSTM: 2 } },
};

/** Operators of the optimized graph that compute in integers, or decode what the engine should have folded. */
async function integersOf(model: Model): Promise<Record<string, number>> {
  const { graph } = await readModel(await runner.optimize(await modelToBytes(model), 'extended'));
  const counts: Record<string, number> = {};
  for (const { nodes } of subgraphDepthFirst(graph)) {
    for (const { opType, inputs } of nodes) {
      const isDecoding = opType === 'Cast' && inputs[0]?.initializer !== undefined;
      if (/Integer|Quantize/.test(opType) || isDecoding) counts[opType] = (counts[opType] ?? 0) + 1;
    }
  }
  return counts;
}

describe.skipIf(!existsSync(folder))('real models', () => {
  it.each(Object.entries(models))('%s', { timeout: 60_000 }, async (name, expected) => {
    const model = await readModelFile(join(folder, `${name}.onnx`));
    try {
      const { model: quantized, warnings } = await quantizeDynamically(runner, model);
      const [before, after] = await Promise.all([model, quantized].map(modelToBytes));
      expect(before.length / after.length).toBeGreaterThan(expected.smaller);
      expect(warnings).toEqual([]);
      expect(await integersOf(quantized)).toEqual(expected.integers);
      const feeds = expected.feeds(model);
      const results = await runOptimized(runner, quantized, feeds);
      expect(worstSqnr(results, await runOptimized(runner, model, feeds))).toBeGreaterThan(expected.sqnrDb);
    } finally {
      await model.close();
    }
  });
});
