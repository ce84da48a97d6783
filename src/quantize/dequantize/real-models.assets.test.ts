import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cloneModel } from '../../onnx/clone-model.ts';
import { readModelFile } from '../../onnx/read/read-model-file.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { ErrorStatistics } from '../../tensor/error-statistics.ts';
import { assetsFolder } from '../../testing/assets-folder.ts';
import { normalDataset, quantizeGraph, runOptimized } from '../../testing/quantize-graph.ts';
import { randomFeeds } from '../../testing/random-feeds.ts';
import { dequantize } from './dequantize.ts';

const runner = await ortNode();
const folder = join(assetsFolder, 'onnx');

describe.skipIf(!existsSync(folder))('real models', () => {
  test.each(['resnet20-cifar10', 'autoencoder-toycar', 'ultraface-rfb-320', 'mnist-cnn'])(
    '%s: quantized, turned back, and quantized again',
    { timeout: 60_000 },
    async (name) => {
      const model = await readModelFile(join(folder, `${name}.onnx`));
      try {
        const { model: quantized } = await quantizeGraph(runner, model, {}, normalDataset(model, 4));
        const { model: float } = await dequantize(cloneModel(quantized), { saturation: 'keep' }, runner);
        const feeds = randomFeeds(model, 3, () => 1);
        const expected = await runOptimized(runner, quantized, feeds);
        const actual = await runOptimized(runner, float, feeds);
        const errors = new ErrorStatistics();
        for (const [output, { data }] of Object.entries(expected))
          errors.add(Float32Array.from(data, Number), Float32Array.from(actual[output].data, Number));
        expect(errors.sqnrDb).toBeGreaterThan(25);
        const again = await quantizeGraph(runner, float, {}, normalDataset(model, 4));
        const states = ({ layers }: typeof again) =>
          layers.filter(({ state }) => state === 'quantized').length;
        expect(states(again)).toBeGreaterThan(0);
      } finally {
        await model.close();
      }
    },
  );
});
