// Samples of several lengths, and models of several inputs, from calibration to comparison.
import { describe, expect, test } from 'vitest';
import type { Tensor } from '../base/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { datasetFromSamples } from '../data/dataset-from-samples.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import { quantizeOptions } from '../quantize/options.ts';
import { quantize } from '../quantize/quantize.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { f32, int64 } from '../testing/tensors.ts';
import { bindDataset } from './bind-dataset.ts';
import { compareModels } from './compare-models.ts';

const runner = await ortNode();
const context = { runner, seed: 0, threads: 1 };

function dataset(length: number, read: (index: number) => Record<string, Tensor>): Dataset {
  const samples = {
    length,
    fields: Object.keys(read(0)),
    tasks: ['classification'] as const,
    read: async (index: number) => ({ fields: read(index), label: index % 2 }),
  };
  return datasetFromSamples(samples, {
    name: 'ragged',
    task: 'classification',
    chosen: Int32Array.from({ length }, (_, i) => i),
    inputs: {},
    fields: {},
    constants: {},
    state: undefined,
  });
}

/** Quantizes the model on the data, and compares it with what it was, on the same. */
async function run(model: Model, data: Dataset) {
  const bound = await bindDataset(data, model);
  const options = quantizeOptions.parse({ samples: 8, target: 'x64-vnni' });
  const result = await quantize(cloneModel(model), options, {
    ...context,
    architecture: process.arch,
    data: bound,
  });
  return { result, ...(await compareModels(model, result.model, { ...context, dataset: bound })) };
}

describe('ragged samples', () => {
  test('images of several sizes', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', ['N', 3, 'H', 'W']);
    const conv = b.node('Conv', [x, b.weights('w', [4, 3, 3, 3])], { attributes: { pads: [1, 1, 1, 1] } });
    const pooled = b.node('GlobalAveragePool', [b.node('Relu', [conv])]);
    const model = b.model(13, b.node('Gemm', [b.node('Flatten', [pooled]), b.weights('v', [4, 2])]));
    const images = dataset(9, (i) => ({ x: f32([3, 8 + (i % 3), 8 + Math.floor(i / 3)], `image${i}`) }));
    const { result, before, comparison } = await run(model, images);
    expect(result.layers.filter(({ state }) => state === 'quantized').length).toBeGreaterThan(1);
    expect(before.samples).toBe(9);
    expect(comparison.sqnrDb).toBeGreaterThan(20);
  });

  test('texts of several lengths, in two inputs', async () => {
    const b = new GraphBuilder();
    const ids = b.input('ids', ['N', 'L'], 'int64');
    const mask = b.input('mask', ['N', 'L'], 'float');
    const words = b.node('Gather', [b.weights('table', [20, 8]), ids]);
    const axis = b.constant('axis', int64([2]));
    const kept = b.node('Mul', [words, b.node('Unsqueeze', [mask, axis])]);
    const mean = b.node('ReduceMean', [kept], { attributes: { axes: [1], keepdims: 0 } });
    const model = b.model(13, b.node('Gemm', [mean, b.weights('v', [8, 2])]));
    const lengths = [3, 3, 5, 1, 5, 3, 7, 7];
    const texts = dataset(lengths.length, (i) => ({
      ids: int64(Array.from({ length: lengths[i] }, (_, position) => (7 * i + position) % 20)),
      mask: { dtype: 'float', shape: [lengths[i]], data: new Float32Array(lengths[i]).fill(1) },
    }));
    const { before, after, comparison } = await run(model, texts);
    expect(before.samples).toBe(8);
    expect(after.metrics?.top1).toBeTypeOf('number');
    expect(comparison.sqnrDb).toBeGreaterThan(20);
  });

  test('a model of a fixed batch says why it cannot take them one by one', async () => {
    const b = new GraphBuilder();
    const model = b.model(13, b.node('Gemm', [b.input('x', [4, 3]), b.weights('v', [3, 2])]));
    const rows = dataset(8, (i) => ({ x: f32([3], `row${i}`) }));
    await expect(run(model, rows)).rejects.toMatchObject({ code: 'batch-does-not-fit', expected: '4' });
  });
});

describe('state', () => {
  test('that names an output the model does not have is refused with those it has', async () => {
    const b = new GraphBuilder();
    const model = b.model(13, b.node('Add', [b.input('x', [1]), b.input('h', [1])], { outputs: ['y'] }));
    const steps = { ...dataset(2, (i) => ({ x: f32([3, 1], `${i}`) })), state: { hOut: 'h' } };
    await expect(bindDataset(steps, model)).rejects.toMatchObject({
      code: 'unknown-state-output',
      expected: 'y',
      got: 'hOut',
    });
  });

  test('is carried through calibration and comparison, each model its own', async () => {
    const b = new GraphBuilder();
    const [x, h] = [b.input('x', ['N', 4]), b.input('h', ['N', 4])];
    const mixed = b.node('Add', [
      b.node('Gemm', [x, b.weights('v', [4, 4])]),
      b.node('Gemm', [h, b.weights('u', [4, 4])]),
    ]);
    const next = b.node('Tanh', [mixed], { outputs: ['next'] });
    const model = b.model(13, b.node('Gemm', [next, b.weights('w', [4, 2])], { outputs: ['y'] }), next);
    const stateful = datasetFromSamples(
      {
        length: 6,
        fields: ['x'],
        tasks: ['none'],
        read: async (i) => ({ fields: { x: f32([3 + i, 4], `sequence${i}`) } }),
      },
      {
        name: 'sequences',
        task: 'none',
        chosen: Int32Array.from({ length: 6 }, (_, i) => i),
        inputs: {},
        fields: {},
        constants: {},
        state: { next: 'h' },
      },
    );
    const { result, before, comparison } = await run(model, stateful);
    expect(before.samples).toBe(6);
    expect(comparison.sqnrDb).toBeGreaterThan(20);
    // The state is in use: were it not fed back, h would be 0 throughout and its range empty.
    const layer = result.layers.filter(({ opType }) => opType === 'Gemm')[1];
    expect(layer.range?.max).toBeGreaterThan(0.1);
    expect(layer.activationSqnrDb).toBeGreaterThan(20);
  });
});
