import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/base/tensor.ts';
import { datasetFromTensors } from '../../src/data/dataset-from-tensors.ts';
import type { Model } from '../../src/onnx/ir/model.ts';
import { readTensorSource } from '../../src/onnx/ir/read-tensor-source.ts';
import type { Value } from '../../src/onnx/ir/value.ts';
import { readModel } from '../../src/onnx/read/read-model.ts';
import { modelToBytes } from '../../src/onnx/write/write-model.ts';
import { ErrorStatistics } from '../../src/tensor/error-statistics.ts';
import { GraphBuilder } from '../../src/testing/build-graph.ts';
import { normalDataset, quantizeGraph, runOptimized } from '../../src/testing/quantize-graph.ts';
import { runModel } from '../../src/testing/run-model.ts';
import { addClip, addNamedConv, addRelu } from '../../src/testing/small-nets.ts';
import { f32, floats, int64 } from '../../src/testing/tensors.ts';
import { quantizeAndCompare, runner, states } from './quantize-and-compare.ts';

const same = [4, 4] as const;

/** A depthwise convolution whose channels' weights lie four decades apart, each with the bias to match. */
function depthwise(b: GraphBuilder, x: Value, name = 'depthwise'): Value {
  const sizes = [0.001, 0.1, 1, 10];
  const weight = f32([4, 1, 3, 3], name);
  for (const i of weight.data.keys()) weight.data[i] *= sizes[Math.floor(i / 9)];
  const bias = b.constant(`${name}.b`, floats([4], sizes));
  return b.node('Conv', [x, b.constant(`${name}.w`, weight), bias], {
    name,
    outputs: [`${name}_out`],
    attributes: { group: 4, pads: [1, 1, 1, 1] },
  });
}

function floatsOf({ data, dtype }: Tensor): Float32Array {
  if (!(data instanceof Float32Array)) throw new Error(`it is ${dtype}`);
  return data;
}

function secondHalf(tensor: Tensor): Float32Array {
  const data = floatsOf(tensor);
  return data.subarray(data.length / 2);
}

/** Largest magnitude of the codes from place `first` on, taking each `step`th. */
function largest({ data }: Tensor, first = 0, count = data.length, step = 1): number {
  const places = Array.from({ length: count }, (_, i) => first + i * step);
  return Math.max(...places.map((place) => Math.abs(Number(data[place]))));
}

function initializerOf({ graph }: Model, dtype: string, length: number) {
  const found = [...graph.initializers].find(
    ({ initializer }) => initializer?.dtype === dtype && initializer.byteLength === length,
  );
  if (!found?.initializer) throw new Error(`no ${dtype} of ${length} bytes`);
  return readTensorSource(found.initializer);
}

describe('depthwise layers', () => {
  it('microsoft/onnxruntime#11415: a scale a channel keeps the small channels', async () => {
    const b = new GraphBuilder();
    const model = b.model(13, depthwise(b, b.input('x', [1, 4, 8, 8])));
    const sqnrOf = async (granularity: 'channel' | 'tensor') => {
      const { layers } = await quantizeAndCompare(model, { granularity });
      return layers[0].weightSqnrDb ?? 0;
    };
    // Of all channels together, which the largest one dominates: the small ones are 0 with one scale for all.
    expect(await sqnrOf('channel')).toBeGreaterThan(35);
    const { model: result } = await quantizeAndCompare(model);
    const codes = await initializerOf(result, 'int8', 36);
    for (let channel = 0; channel < 4; channel++) expect(largest(codes, channel * 9, 9)).toBe(127);
    const { model: coarse } = await quantizeAndCompare(model, { granularity: 'tensor' });
    const single = await initializerOf(coarse, 'int8', 36);
    expect(largest(single, 0, 9)).toBe(0);
  });

  it('onnx/models#609, microsoft/onnxruntime#22969: what is left out is float in the graph that really runs', async () => {
    const b = new GraphBuilder();
    const first = addClip(b, 'relu6', addNamedConv(b, 'first', b.input('x', [1, 4, 8, 8]), same), 0, 6);
    const middle = addClip(b, 'relu6_1', depthwise(b, first), 0, 6);
    const model = b.model(13, addNamedConv(b, 'last', middle, same, { kernel: 1 }));
    const result = await quantizeAndCompare(model, { exclude: ['is:depthwise'] });
    expect(states(result)).toMatchObject({ first: 'quantized', depthwise: 'float', last: 'quantized' });
    expect(result.operators.QLinearConv).toBe(2);
    const optimized = await readModel(await runner.optimize(await modelToBytes(result.model), 'all'));
    const float = [...optimized.graph.initializers].filter(
      ({ initializer }) => initializer?.dtype === 'float' && initializer.byteLength >= 36 * 4,
    );
    expect(float.length).toBeGreaterThan(0);
    expect(result.sqnrDb).toBeGreaterThan(25);
  });
});

describe('saturating processors', () => {
  it('microsoft/onnxruntime#6004, #12072, #20479: weights get 7 bits where 16-bit sums would overflow', async () => {
    const b = new GraphBuilder();
    const model = b.model(13, addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), same));
    const codesFor = async (target: 'x64' | 'x64-vnni') =>
      initializerOf((await quantizeAndCompare(model, { target })).model, 'int8', 144);
    // 255 · 64 · 2 = 32640 fits an int16; 255 · 127 · 2 does not.
    expect(largest(await codesFor('x64'))).toBe(64);
    expect(largest(await codesFor('x64-vnni'))).toBe(127);
  });

  it('microsoft/onnxruntime#14642: extreme data and weights give the same with and without rewriting', async () => {
    const b = new GraphBuilder();
    const w = b.constant('w', floats([8, 8, 1, 1], new Array(64).fill(1)));
    const model = b.model(13, b.node('Conv', [b.input('x', [1, 8, 4, 4]), w], { name: 'a' }));
    const x = floats([1, 8, 4, 4], new Array(128).fill(3));
    const data = datasetFromTensors({ inputs: { x } });
    const { model: result } = await quantizeGraph(runner, model, { target: 'x64' }, data);
    const [{ name }] = result.graph.outputs;
    const plain = await runModel(runner, result, { x });
    const fused = await runOptimized(runner, result, { x });
    expect(plain[name].data[0]).toBeCloseTo(24, 1);
    expect(fused[name].data[0]).toBeCloseTo(24, 1);
  });
});

describe('biases', () => {
  it.each([1, 1e3, 1e6])(
    'microsoft/onnxruntime#21000, #22020, #25278: a bias of %d over tiny weights fits 32 bits',
    async (size) => {
      const b = new GraphBuilder();
      const w = b.constant('w', f32([4, 4, 1, 1], 'tiny', 1e-7));
      const bias = b.constant('bias', floats([4], [size, -size, size / 2, 0]));
      const model = b.model(13, b.node('Conv', [b.input('x', [1, 4, 6, 6]), w, bias], { name: 'a' }));
      const result = await quantizeAndCompare(model);
      const { data } = await initializerOf(result.model, 'int32', 16);
      const codes = [0, 1, 2].map((channel) => Number(data[channel]));
      // Beyond 32 bits they would be cut off, or turn round to the other sign; too coarse, they would be small.
      expect(codes.map(Math.sign)).toEqual([1, -1, 1]);
      for (const code of codes) {
        expect(Math.abs(code)).toBeLessThan(2 ** 31 - 1);
        expect(Math.abs(code)).toBeGreaterThan(2 ** 29);
      }
      expect(result.sqnrDb).toBeGreaterThan(40);
    },
  );
});

describe('products', () => {
  it('microsoft/onnxruntime#25489: weights that are a stack of matrices load and run', async () => {
    const b = new GraphBuilder();
    const stack = b.node('MatMul', [b.input('x', [1, 3, 8]), b.weights('w', [1, 8, 5])], { name: 'stack' });
    const model = b.model(13, b.node('MatMul', [stack, b.weights('v', [5, 4])], { name: 'plain' }));
    const result = await quantizeAndCompare(model, { granularity: 'channel' });
    expect(states(result).plain).toBe('quantized');
    expect(result.sqnrDb).toBeGreaterThan(25);
  });

  it('huggingface/optimum#151, microsoft/onnxruntime#12000: MatMul has its scale a channel on the last axis', async () => {
    const b = new GraphBuilder();
    const weight = f32([8, 5], 'w');
    for (const i of weight.data.keys()) weight.data[i] *= 10 ** -(i % 5);
    const model = b.model(
      13,
      b.node('MatMul', [b.input('x', [1, 8]), b.constant('w', weight)], { name: 'm' }),
    );
    const { model: result } = await quantizeAndCompare(model);
    const codes = await initializerOf(result, 'int8', 40);
    for (let column = 0; column < 5; column++) expect(largest(codes, column, 8, 5)).toBe(127);
  });

  it.each(['channel', 'tensor'] as const)(
    'microsoft/onnxruntime#20881, #21346: weights keep their own type, a scale for each %s',
    async (granularity) => {
      const b = new GraphBuilder();
      const x = b.input('x', [1, 8]);
      const first = addRelu(b, 'r', b.node('MatMul', [x, b.weights('w', [8, 6])], { name: 'm' }));
      const model = b.model(13, b.node('Gemm', [first, b.weights('v', [6, 5])], { name: 'g' }));
      const result = await quantizeAndCompare(model, { granularity, activations: 'uint8' });
      expect((await initializerOf(result.model, 'int8', 48)).dtype).toBe('int8');
      expect((await initializerOf(result.model, 'int8', 30)).dtype).toBe('int8');
      expect(result.sqnrDb).toBeGreaterThan(25);
    },
  );
});

describe('what lies between layers', () => {
  it('microsoft/onnxruntime#14233: boxes and scores joined at the end do not share a grid', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 4, 6, 6]);
    const boxes = b.node('Mul', [addNamedConv(b, 'boxes', x, same), b.constant('s', floats([], [640]))]);
    const scores = b.node('Sigmoid', [addNamedConv(b, 'scores', x, same)], { name: 'sig' });
    const model = b.model(13, b.node('Concat', [boxes, scores], { name: 'cat', attributes: { axis: 1 } }));
    const data = normalDataset(model, 4);
    const { model: result } = await quantizeGraph(runner, model, {}, data);
    const [{ name }] = model.graph.outputs;
    const errors = new ErrorStatistics();
    for await (const { inputs } of data.batches({ batchSize: 1 })) {
      // The second half of the channels are the scores.
      const [before, after] = [
        await runModel(runner, model, inputs),
        await runOptimized(runner, result, inputs),
      ];
      errors.add(secondHalf(before[name]), secondHalf(after[name]));
    }
    expect(errors.sqnrDb).toBeGreaterThan(30);
  });

  it('microsoft/onnxruntime#10617: GlobalAveragePool on int8 runs', async () => {
    const b = new GraphBuilder();
    const first = addRelu(b, 'r', addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), same));
    const pooled = b.node('GlobalAveragePool', [first], { name: 'gap' });
    const model = b.model(13, addNamedConv(b, 'd', pooled, same, { kernel: 1 }));
    for (const activations of ['int8', 'uint8'] as const)
      expect((await quantizeAndCompare(model, { activations })).sqnrDb).toBeGreaterThan(25);
  });

  it('microsoft/onnxruntime#11242: Concat of one part, of a part twice, and of parts some of which are float', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 4, 6, 6]);
    const attributes = { axis: 1 };
    const first = addNamedConv(b, 'a', x, same);
    const one = b.node('Concat', [first], { name: 'one', attributes, outputs: ['one_out'] });
    const twice = b.node('Concat', [one, one], { name: 'twice', attributes, outputs: ['twice_out'] });
    const second = addNamedConv(b, 'c', twice, [8, 4]);
    const mixed = b.node('Concat', [second, b.node('Tanh', [x])], { name: 'mixed', attributes });
    const result = await quantizeAndCompare(b.model(13, addNamedConv(b, 'd', mixed, [8, 4])));
    expect(result.operators.QLinearConv).toBe(3);
    expect(result.sqnrDb).toBeGreaterThan(20);
  });

  it('microsoft/onnxruntime#24518: values have one scale and one zero point, as scalars', async () => {
    const b = new GraphBuilder();
    const first = addRelu(b, 'r', addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), same));
    const { model } = await quantizeAndCompare(b.model(13, addNamedConv(b, 'd', first, same)));
    const quantizers = [...model.graph.nodes].filter(({ opType }) => opType === 'QuantizeLinear');
    expect(quantizers.length).toBeGreaterThan(0);
    for (const { inputs } of quantizers)
      expect(inputs.slice(1).map((value) => value?.initializer?.shape)).toEqual([[], []]);
  });

  it.each(['nearest', 'linear'])(
    'microsoft/onnxruntime#28448: Resize (%s) between layers gives the same with and without rewriting',
    async (mode) => {
      const b = new GraphBuilder();
      const first = addRelu(b, 'r', addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), same));
      const sizes = b.constant('sizes', int64([1, 4, 12, 12]));
      const grown = b.node('Resize', [first, undefined, undefined, sizes], {
        name: 'up',
        attributes: { mode },
      });
      const model = b.model(13, addNamedConv(b, 'd', grown, same));
      const { model: result } = await quantizeAndCompare(model);
      const feeds = { x: f32([1, 4, 6, 6], 'resize') };
      const [{ name }] = result.graph.outputs;
      const errors = new ErrorStatistics();
      const [plain, fused] = [
        await runModel(runner, result, feeds),
        await runOptimized(runner, result, feeds),
      ];
      errors.add(floatsOf(plain[name]), floatsOf(fused[name]));
      expect(errors.sqnrDb).toBeGreaterThan(38);
    },
  );
});
