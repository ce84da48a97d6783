import { describe, expect, it } from 'vitest';
import { sampleIndices } from '../data/sample-indices.ts';
import type { Model } from '../onnx/ir/model.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import type { Target } from '../targets/target.ts';
import { x64Vnni } from '../targets/x64-vnni.ts';
import { type Attributes, GraphBuilder } from '../testing/build-graph.ts';
import {
  datasetOf,
  normalDataset,
  optimizedOperators,
  quantizeGraph,
  runOptimized,
} from '../testing/quantize-graph.ts';
import { randomFeeds } from '../testing/random-feeds.ts';
import { addNamedConv } from '../testing/small-nets.ts';
import { sqnrOf } from '../testing/sqnr-of.ts';
import { f32 } from '../testing/tensors.ts';
import { int8 } from './formats/int8.ts';
import { uint8 } from './formats/uint8.ts';
import { observerOf } from './observer-of.ts';
import { Quantizer } from './quantizer.ts';

const runner = await ortNode();
const same = [4, 4] as const;

function alone(
  opType: string,
  data: readonly number[],
  weight: readonly number[],
  attributes: Attributes = {},
): Model {
  const b = new GraphBuilder();
  const x = b.input('x', data);
  return b.model(
    13,
    b.node(opType, [x, b.weights('w', weight)], { name: 'layer', attributes, outputs: ['y'] }),
  );
}

describe('layers', () => {
  it.each<[string, Model, string]>([
    ['Conv of groups', alone('Conv', [1, 8, 6, 6], [6, 4, 3, 3], { group: 2 }), 'QLinearConv'],
    ['Conv by channel', alone('Conv', [1, 8, 6, 6], [8, 1, 3, 3], { group: 8 }), 'QLinearConv'],
    ['Conv of two outputs a channel', alone('Conv', [1, 4, 6, 6], [8, 1, 3, 3], { group: 4 }), 'QLinearConv'],
    ['Conv 1-D', alone('Conv', [1, 4, 9], [5, 4, 3]), 'QLinearConv'],
    ['Conv 3-D', alone('Conv', [1, 3, 5, 5, 5], [4, 3, 3, 3, 3]), 'QLinearConv'],
    ['MatMul by a stack of matrices', alone('MatMul', [1, 5, 4], [3, 4, 6]), 'MatMulIntegerToFloat'],
    ['MatMul by a stack of one', alone('MatMul', [1, 5, 4], [1, 4, 6]), 'MatMulIntegerToFloat'],
  ])('%s runs in integers, near the float model', async (_, model, opType) => {
    const { model: quantized, warnings } = await quantizeGraph(runner, model);
    expect(warnings).toEqual([]);
    expect((await optimizedOperators(runner, quantized))[opType]).toBe(1);
    const feeds = randomFeeds(model, 7, () => 1);
    const [float, integer] = [
      await runOptimized(runner, model, feeds),
      await runOptimized(runner, quantized, feeds),
    ];
    expect(sqnrOf(float, integer)).toBeGreaterThan(25);
  });

  it('by channel, a stack of matrices has one grid all the same: the kernel takes no other', async () => {
    const { model } = await quantizeGraph(runner, alone('MatMul', [1, 5, 4], [3, 4, 6]));
    const weight = [...model.graph.nodes].find(({ name }) => name === 'layer')?.inputs[1];
    expect(weight?.producer?.inputs[1]?.initializer?.shape).toEqual([]);
  });
});

describe('ConvTranspose', () => {
  const nets: [string, () => Model][] = [
    ['plain', () => alone('ConvTranspose', [1, 4, 5, 5], [4, 3, 2, 2], { strides: [2, 2] })],
    ['of groups', () => alone('ConvTranspose', [1, 4, 5, 5], [4, 3, 2, 2], { group: 2 })],
    ['by channel', () => alone('ConvTranspose', [1, 4, 5, 5], [4, 1, 3, 3], { group: 4 })],
  ];

  /** As if the engine had a kernel for it. */
  const target: Target = {
    ...x64Vnni,
    kernels: { ...x64Vnni.kernels, ConvTranspose: { floatOutput: false } },
  };

  it.each(nets)('%s: on a target that has a kernel, a scale for each output of a group', async (_, make) => {
    const model = make();
    const quantizer = new Quantizer(model, {
      target,
      activations: uint8,
      weights: int8,
      granularity: 'channel',
      reduceRange: false,
      symmetricActivations: false,
      correctBiases: true,
      include: [],
      exclude: [],
      createObserver: observerOf('minmax'),
    });
    const dataset = normalDataset(model, 8);
    await quantizer.calibrate({ runner, dataset, indices: sampleIndices(8, 8, 0) });
    const { model: quantized, emitted } = await quantizer.build();
    const [weight] = emitted.weights;
    expect([weight.grid.axis, weight.grid.scales.length]).toEqual([1, weight.source.shape[1]]);
    const written = await readModel(await modelToBytes(quantized));
    for await (const { inputs } of dataset.batches({ batchSize: 1, indices: [0] }))
      expect(
        sqnrOf(await runOptimized(runner, model, inputs), await runOptimized(runner, written, inputs)),
      ).toBeGreaterThan(30);
  });

  it('stays float on targets without one', async () => {
    const b = new GraphBuilder();
    const x = addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), same);
    const model = b.model(13, b.node('ConvTranspose', [x, b.weights('w', [4, 4, 2, 2])], { name: 't' }));
    const { layers } = await quantizeGraph(runner, model);
    expect(layers.find(({ name }) => name === 't')?.reason).toBe('x64-vnni has no integer kernel for it');
  });
});

describe('products of two activations', () => {
  /** Scores of queries by keys, `depth` long. */
  function scores(depth: number): Model {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 5, depth]);
    const keys = b.node('Transpose', [b.node('Tanh', [x])], {
      name: 'turn',
      attributes: { perm: [0, 2, 1] },
    });
    return b.model(13, b.node('MatMul', [x, keys], { name: 'scores', outputs: ['y'] }));
  }

  it('run in integers where that is faster, the right factor signed', async () => {
    const { model, layers } = await quantizeGraph(runner, scores(64));
    expect(layers.find(({ name }) => name === 'scores')?.state).toBe('quantized');
    const node = [...model.graph.nodes].find(({ name }) => name === 'scores');
    expect(node?.inputs.map((value) => value?.producer?.inputs[2]?.initializer?.dtype)).toEqual([
      'uint8',
      'int8',
    ]);
    expect((await optimizedOperators(runner, model)).MatMulIntegerToFloat).toBe(1);
    const feeds = { x: f32([1, 5, 64], 'feeds') };
    const [float, integer] = [
      await runOptimized(runner, scores(64), feeds),
      await runOptimized(runner, model, feeds),
    ];
    expect(sqnrOf(float, integer)).toBeGreaterThan(30);
  });

  it('stay float where they are not', async () => {
    const refused = quantizeGraph(runner, scores(32));
    await expect(refused).rejects.toMatchObject({
      got: expect.stringContaining('products of data less than 64 deep are faster in float'),
    });
    await expect(quantizeGraph(runner, scores(64), { target: 'x64' })).rejects.toMatchObject({
      got: expect.stringContaining('both its factors are data'),
    });
  });
});

describe('inputs', () => {
  it('several, each with its own grid', async () => {
    const b = new GraphBuilder();
    const first = addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), same);
    const second = addNamedConv(b, 'c', b.input('z', [1, 4, 6, 6]), same);
    const model = b.model(13, addNamedConv(b, 'd', b.node('Add', [first, second], { name: 'sum' }), same));
    const samples = [0, 1, 2, 3].map((i) => ({
      x: f32([1, 4, 6, 6], `x${i}`),
      z: f32([1, 4, 6, 6], `z${i}`, 30),
    }));
    const { model: quantized, layers } = await quantizeGraph(runner, model, {}, datasetOf(samples));
    expect(layers.every(({ state }) => state === 'quantized')).toBe(true);
    const feeds = { x: f32([1, 4, 6, 6], 'x'), z: f32([1, 4, 6, 6], 'z', 30) };
    const [float, integer] = [
      await runOptimized(runner, model, feeds),
      await runOptimized(runner, quantized, feeds),
    ];
    expect(sqnrOf(float, integer)).toBeGreaterThan(25);
  });

  it.each(['minmax', 'mse', 'percentile', 'entropy'])(
    'of heights and widths that change from sample to sample, observed by %s',
    async (observer) => {
      const b = new GraphBuilder();
      const x = b.input('x', ['n', 4, 'h', 'w']);
      const model = b.model(13, addNamedConv(b, 'd', addNamedConv(b, 'a', x, same), same));
      const sizes = [
        [6, 6],
        [1, 9],
        [12, 3],
        [5, 5],
      ];
      const samples = sizes.map(([h, w], i) => ({ x: f32([1, 4, h, w], `sample ${i}`) }));
      const { model: quantized, warnings } = await quantizeGraph(
        runner,
        model,
        { observer },
        datasetOf(samples),
      );
      expect(warnings).toEqual([]);
      // Another size, and a batch.
      const feeds = { x: f32([3, 4, 7, 10], 'feeds') };
      const [float, integer] = [
        await runOptimized(runner, model, feeds),
        await runOptimized(runner, quantized, feeds),
      ];
      expect(Object.values(integer)[0].shape).toEqual([3, 4, 7, 10]);
      expect(sqnrOf(float, integer)).toBeGreaterThan(15);
    },
  );

  it('without elements, for one sample', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', ['n', 4]);
    const model = b.model(13, b.node('Gemm', [x, b.weights('w', [4, 3])], { name: 'head', outputs: ['y'] }));
    const samples = [{ x: f32([0, 4], 'none') }, { x: f32([2, 4], 'two') }];
    const { model: quantized } = await quantizeGraph(runner, model, {}, datasetOf(samples));
    const { y } = await runOptimized(runner, quantized, { x: f32([0, 4], 'none') });
    expect(y.shape).toEqual([0, 3]);
  });
});
