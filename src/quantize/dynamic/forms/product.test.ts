import { describe, expect, it } from 'vitest';
import { readTensorSource } from '../../../onnx/ir/read-tensor-source.ts';
import type { Value } from '../../../onnx/ir/value.ts';
import { ortNode } from '../../../runtime/ort-node.ts';
import { roundHalfEven } from '../../../tensor/round-half-even.ts';
import { type Attributes, float, GraphBuilder } from '../../../testing/build-graph.ts';
import { expectClose } from '../../../testing/expect-close.ts';
import { quantizeDynamically } from '../../../testing/quantize-dynamically.ts';
import { type GivenOptions, optimizedOperators, runOptimized } from '../../../testing/quantize-graph.ts';
import { randomFeeds } from '../../../testing/random-feeds.ts';
import { runModel } from '../../../testing/run-model.ts';
import { f32 } from '../../../testing/tensors.ts';
import { worstSqnr } from '../../../testing/worst-sqnr.ts';
import { MAX_DEPTH } from '../max-depth.ts';

const runner = await ortNode();
/** Enough rows that small matrices are worth it. */
const ROWS = 64;

/** One MatMul of x [64, 64] and a weight, and what `tail` does with it. */
function matMul(weight: readonly number[], tail: (b: GraphBuilder, product: Value) => Value = (_, y) => y) {
  const b = new GraphBuilder();
  const x = b.input('x', [...weight.slice(0, -2), ROWS, weight.at(-2) ?? 1]);
  const y = b.node('MatMul', [x, b.weights('w', weight)], { name: 'product' });
  return b.model(13, tail(b, y));
}

function gemm(attributes: Attributes, c?: (b: GraphBuilder) => Value) {
  const b = new GraphBuilder();
  const weight = b.weights('w', attributes.transB ? [48, 64] : [64, 48]);
  return b.model(13, b.node('Gemm', [b.input('x', [ROWS, 64]), weight, c?.(b)], { attributes }));
}

async function judged(model: ReturnType<typeof matMul>, options: GivenOptions = {}) {
  const { model: quantized, layers, warnings } = await quantizeDynamically(runner, model, options);
  const feeds = randomFeeds(model);
  const results = await runOptimized(runner, quantized, feeds);
  expectClose(results, await runModel(runner, quantized, feeds), 1e-5);
  const sqnrDb = worstSqnr(results, await runModel(runner, model, feeds));
  return { quantized, layers, warnings, sqnrDb, operators: await optimizedOperators(runner, quantized) };
}

describe('product', () => {
  it('is what integers make of it: (a − z)·b, times both scales', async () => {
    const [depth, columns] = [256, 8];
    const model = matMul([depth, columns]);
    const { quantized } = await judged(model);
    const { x } = randomFeeds(model);
    const weight = f32([depth, columns], 'w').data;
    const data = Float32Array.from(x.data, Number);
    const [min, max] = [Math.min(0, ...data), Math.max(0, ...data)];
    const scale = Math.fround((max - min) / 255);
    const zero = roundHalfEven(-min / scale);
    const expected = new Float32Array(ROWS * columns);
    for (let n = 0; n < columns; n++) {
      const column = Float32Array.from({ length: depth }, (_, k) => weight[k * columns + n]);
      const step = Math.fround(Math.max(...column.map(Math.abs)) / 127);
      for (let m = 0; m < ROWS; m++) {
        let sum = 0;
        for (let k = 0; k < depth; k++) {
          const code = roundHalfEven(Math.fround(data[m * depth + k] / scale)) + zero;
          sum += (Math.min(Math.max(code, 0), 255) - zero) * roundHalfEven(Math.fround(column[k] / step));
        }
        expected[m * columns + n] = sum * scale * step;
      }
    }
    const results = await runModel(runner, quantized, { x });
    expectClose(results, { matmul: { dtype: 'float', shape: [ROWS, columns], data: expected } }, 1e-5);
  });

  it.each([
    ['a matrix', [64, 48], 37],
    ['a stack of matrices', [3, 64, 48], 37],
  ])('of %s runs as one kernel', async (_, shape, decibels) => {
    const { operators, sqnrDb, layers } = await judged(matMul(shape));
    expect(operators).toEqual({ DynamicQuantizeMatMul: 1 });
    expect(sqnrDb).toBeGreaterThan(decibels);
    expect(layers).toMatchObject([{ name: 'product', opType: 'MatMul', state: 'quantized', reason: '' }]);
    expect(layers[0].weightSqnrDb).toBeGreaterThan(40);
  });

  it('takes a bias into the kernel', async () => {
    const biased = matMul([64, 48], (b, y) => b.node('Add', [y, b.weights('b', [48])]));
    expect((await judged(biased)).operators).toEqual({ DynamicQuantizeMatMul: 1 });
  });

  it('quantizes data that several read once', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [ROWS, 64]);
    const parts = ['q', 'k', 'v'].map((name) =>
      b.node('MatMul', [x, b.weights(name, [64, 48])], { outputs: [`${name}_out`] }),
    );
    const { operators } = await judged(b.model(13, ...parts));
    expect(operators).toEqual({ DynamicQuantizeLinear: 1, MatMulIntegerToFloat: 3 });
  });

  it('stores a weight that several read once', async () => {
    const b = new GraphBuilder();
    const weight = b.weights('w', [64, 64]);
    const first = b.node('MatMul', [b.input('x', [ROWS, 64]), weight], { outputs: ['first'] });
    const { quantized } = await judged(
      b.model(13, b.node('MatMul', [first, weight], { outputs: ['second'] })),
    );
    const codes = [...quantized.graph.initializers].filter((value) => value.initializer?.dtype === 'int8');
    expect(codes.map(({ initializer }) => initializer?.shape)).toEqual([[64, 64]]);
  });

  it.each<[string, Attributes, ((b: GraphBuilder) => Value) | undefined]>([
    ['plain', {}, undefined],
    ['with a bias', {}, (b) => b.weights('c', [48])],
    ['transposed', { transB: 1 }, (b) => b.weights('c', [48])],
    ['scaled', { alpha: float(-0.5), beta: float(3), transB: 1 }, (b) => b.weights('c', [1, 48])],
    ['with a bias a row', { beta: float(-2) }, (b) => b.weights('c', [ROWS, 1])],
    ['with a single bias', {}, (b) => b.weights('c', [])],
    ['with a computed bias', { beta: float(0.25) }, (b) => b.node('Sin', [b.input('c', [48])])],
  ])('Gemm %s', async (_, attributes, c) => {
    const { layers, sqnrDb } = await judged(gemm(attributes, c));
    expect(layers).toMatchObject([{ opType: 'Gemm', state: 'quantized' }]);
    expect(sqnrDb).toBeGreaterThan(37);
  });

  it('gives weights 7 bits where sums saturate, and one scale where asked', async () => {
    const { quantized } = await judged(matMul([64, 48]), { reduceRange: true, granularity: 'tensor' });
    const constants = [...quantized.graph.initializers].map(({ initializer }) => initializer!);
    const codes = await readTensorSource(constants.find(({ dtype }) => dtype === 'int8')!);
    const extremes = Array.from(codes.data, Number).map(Math.abs);
    expect(Math.max(...extremes)).toBe(64);
    expect(constants.filter(({ dtype }) => dtype === 'float').map(({ shape }) => shape)).toEqual([[]]);
  });

  it.each<[string, ReturnType<typeof matMul>, string]>([
    ['more terms than 32 bits hold', matMul([MAX_DEPTH + 1, 2]), 'its sums would not fit 32 bits'],
    ['transposed data', gemm({ transA: 1 }), 'it transposes its data'],
    ['little work', matMul([2, 48]), 'too small to gain by integers'],
    [
      'an Add that widens it',
      matMul([512, 8], (b, y) => b.node('Add', [y, b.weights('b', [1, 1, 1, 8])])),
      'ONNX Runtime would give the result of the Add behind it another shape',
    ],
    [
      'an Add that repeats its column',
      matMul([4096, 1], (b, y) => b.node('Add', [b.weights('b', [1, 5]), y])),
      'ONNX Runtime would give the result of the Add behind it another shape',
    ],
  ])('leaves %s in float', async (_, model, reason) => {
    const { model: quantized, layers } = await quantizeDynamically(runner, model).catch((error) => {
      // Weights that do not get smaller leave nothing to do.
      expect(error).toMatchObject({ code: 'nothing-to-quantize', got: expect.stringContaining(reason) });
      return { model: undefined, layers: [{ state: 'stored' as const, reason }] };
    });
    expect(layers[0]).toMatchObject({ state: 'stored', reason: expect.stringContaining(reason) });
    if (!quantized) return;
    const feeds = randomFeeds(model);
    const expected = await runModel(runner, model, feeds);
    const results = await runOptimized(runner, quantized, feeds);
    expect(results).toEqual(
      Object.fromEntries(
        Object.entries(expected).map(([name, { shape }]) => [name, expect.objectContaining({ shape })]),
      ),
    );
    expect(worstSqnr(results, expected)).toBeGreaterThan(37);
  });

  it('takes symbolic batches and no rows at all', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', ['n', 512]);
    const model = b.model(13, b.node('MatMul', [x, b.weights('w', [512, 512])]));
    const { model: quantized, layers } = await quantizeDynamically(runner, model);
    expect(layers[0].state).toBe('quantized');
    const feeds = { x: { dtype: 'float' as const, shape: [0, 512], data: new Float32Array(0) } };
    expect((await runOptimized(runner, quantized, feeds)).matmul.shape).toEqual([0, 512]);
  });
});
