import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../base/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Model } from '../onnx/ir/model.ts';
import { readModelFile } from '../onnx/read/read-model-file.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { assetsFolder } from '../testing/assets-folder.ts';
import { optimizedOperators, quantizeGraph, runOptimized } from '../testing/quantize-graph.ts';
import { randomFeeds } from '../testing/random-feeds.ts';
import { sqnrOf } from '../testing/sqnr-of.ts';
import { f32, int64 } from '../testing/tensors.ts';
import type { QuantizeResult } from './mode.ts';

const runner = await ortNode();
const folder = join(assetsFolder, 'onnx');
const SAMPLES = 3;

type Feeds = (seed: number) => Record<string, Tensor>;

/** Samples of the model's own shapes, axes without a length of 1 each. */
function dataset(make: Feeds): Dataset {
  return {
    name: 'random',
    length: SAMPLES,
    task: 'none',
    async *batches({ indices }) {
      for (const index of Array.from(indices ?? { length: SAMPLES })) yield { inputs: make(Number(index)) };
    },
  };
}

function speech(seed: number): Record<string, Tensor> {
  return {
    input: f32([1, 576], `speech${seed}`, 0.1),
    state: f32([2, 1, 128], `state${seed}`, 0.1),
    sr: int64(16000),
  };
}

const models: Record<string, ((model: Model) => Feeds) | undefined> = {
  'autoencoder-toycar': undefined,
  'dtln-1': undefined,
  'dtln-2': undefined,
  'espcn-x3': (model) => (seed) => randomFeeds(model, seed, (_, axis) => (axis === 0 ? 1 : 12)),
  'gtcrn-simple': undefined,
  'mnist-cnn': undefined,
  'mobilenet-v1-0.25-imagenet': undefined,
  'resnet20-cifar10': undefined,
  'resnet8-cifar10': undefined,
  'silero-vad-16k': () => speech,
  'streaming-wakeword': undefined,
  'ultraface-rfb-320': undefined,
};

describe.skipIf(!existsSync(folder))('real models', () => {
  it.each(Object.entries(models))('%s is quantized as reported', { timeout: 60_000 }, async (name, feeds) => {
    const model = await readModelFile(join(folder, `${name}.onnx`));
    try {
      const make = feeds?.(model) ?? ((seed: number) => randomFeeds(model, seed, () => 1));
      const result = await quantizeGraph(runner, model, {}, dataset(make));
      expect(surprises(result)).toEqual(new Set());
      const operators = await optimizedOperators(runner, result.model);
      const quantized = (opType: string) =>
        result.layers.filter((layer) => layer.opType === opType && layer.state === 'quantized').length;
      expect(operators.QLinearConv ?? 0).toBe(quantized('Conv'));
      expect(operators.QGemm ?? 0).toBe(quantized('Gemm'));
      expect((operators.MatMulIntegerToFloat ?? 0) + (operators.QLinearMatMul ?? 0)).toBe(
        quantized('MatMul'),
      );
      for (const opType of [
        'Add',
        'Mul',
        'Concat',
        'AveragePool',
        'GlobalAveragePool',
        'Sigmoid',
        'LeakyRelu',
        'Where',
      ])
        expect([opType, operators[`QLinear${opType}`] ?? 0]).toEqual([opType, quantized(opType)]);
      const session = await runner.load(await modelToBytes(result.model));
      await session.run(make(7));
      await session.close();
    } finally {
      await model.close();
    }
  });

  it.each(Object.entries(models))(
    '%s: operators on codes give what QDQ gives',
    { timeout: 60_000 },
    async (name, feeds) => {
      const model = await readModelFile(join(folder, `${name}.onnx`));
      try {
        const make = feeds?.(model) ?? ((seed: number) => randomFeeds(model, seed, () => 1));
        const asQdq = await quantizeGraph(runner, model, {}, dataset(make));
        const onCodes = await quantizeGraph(runner, model, { layout: 'qoperator' }, dataset(make));
        expect(surprises(onCodes)).toEqual(new Set());
        const [first, second] = [
          await runOptimized(runner, asQdq.model, make(7)),
          await runOptimized(runner, onCodes.model, make(7)),
        ];
        // One code of an output is far more than this.
        expect(sqnrOf(first, second)).toBeGreaterThan(90);
      } finally {
        await model.close();
      }
    },
  );
});

/** Warnings that say the engine does otherwise than planned. */
function surprises({ warnings }: QuantizeResult): Set<string> {
  return new Set(warnings.map(({ code }) => code).filter((code) => code !== 'guarded'));
}
