import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../base/tensor.ts';
import { datasetFromTensors } from '../../data/dataset-from-tensors.ts';
import type { Graph } from '../../onnx/ir/graph.ts';
import type { Model } from '../../onnx/ir/model.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { inferTypes } from '../../ops/infer-types.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { float, GraphBuilder, subgraph } from '../../testing/build-graph.ts';
import { expectClose } from '../../testing/expect-close.ts';
import { runOptimized } from '../../testing/quantize-graph.ts';
import { randomFeeds } from '../../testing/random-feeds.ts';
import { runModel } from '../../testing/run-model.ts';
import { addNamedConv, addRelu } from '../../testing/small-nets.ts';
import { storeGraph } from '../../testing/store-graph.ts';
import { f32, floats, int64 } from '../../testing/tensors.ts';
import { textEncoder } from '../../testing/text-encoder.ts';

const runner = await ortNode();
const options = { weights: 'float16', activations: 'float16' } as const;
/** 11 bits of precision, over a few layers. */
const RTOL = 5e-3;

const half = (model: Model, data?: Parameters<typeof storeGraph>[3]) =>
  storeGraph(runner, model, options, data);

/** Element types that nodes of an operator read first, in the whole model. */
async function typesOf(model: Model, opType: string): Promise<Set<string | undefined>> {
  const types = await inferTypes(model);
  const nodes = [...subgraphDepthFirst(model.graph)].flatMap((graph) => [...graph.nodes]);
  const of = nodes.filter((node) => node.opType === opType);
  return new Set(of.map(({ inputs }) => inputs[0] && types.get(inputs[0])?.dtype));
}

describe('computes in half precision, between inputs and outputs in float32', () => {
  it('a convolutional net', async () => {
    const b = new GraphBuilder();
    const same = [16, 16] as const;
    const first = addRelu(b, 'relu', addNamedConv(b, 'a', b.input('x', [1, 16, 8, 8]), same));
    const sum = b.node('Add', [first, addNamedConv(b, 'c', first, same)]);
    const flat = b.node('Flatten', [b.node('GlobalAveragePool', [sum])]);
    const y = b.node('Softmax', [b.node('Gemm', [flat, b.weights('w', [16, 32])], { name: 'g' })], {
      outputs: ['y'],
    });
    const model = b.model(13, y);
    const result = await half(model);
    for (const opType of ['Conv', 'Relu', 'Add', 'Gemm', 'Softmax'])
      expect(await typesOf(result.model, opType), opType).toEqual(new Set(['float16']));
    expect(result.layers.map(({ name, state }) => [name, state])).toEqual([
      ['a', 'stored'],
      ['c', 'stored'],
      ['g', 'stored'],
    ]);
    const feeds = randomFeeds(model);
    expectClose(await runOptimized(runner, result.model, feeds), await runModel(runner, model, feeds), RTOL);
    const dtypes = [...result.model.graph.initializers].map(({ initializer }) => initializer?.dtype);
    expect(dtypes).not.toContain('float');
  });

  it('a text encoder, whose mask is cut to float16’s lowest number', async () => {
    const model = textEncoder({ vocabulary: 40, positions: 16, width: 32, heads: 4, layers: 2 });
    const ids = (values: number[]): Tensor => ({
      dtype: 'int64',
      shape: [1, 5],
      data: BigInt64Array.from(values, BigInt),
    });
    const feeds = {
      input_ids: ids([1, 7, 3, 9, 0]),
      attention_mask: ids([1, 1, 1, 1, 0]),
      token_type_ids: ids([0, 0, 0, 0, 0]),
    };
    const result = await half(model);
    expect(result.warnings).toMatchObject([{ code: 'constant-cut', where: 'lowest' }]);
    expect(await typesOf(result.model, 'MatMul')).toEqual(new Set(['float16']));
    expectClose(await runOptimized(runner, result.model, feeds), await runModel(runner, model, feeds), 2e-2);
  });

  it('bodies of If, with values captured from outside', async () => {
    const outer = new GraphBuilder();
    const inner = outer.node('Mul', [outer.input('x', [4, 32]), outer.constant('two', floats([], [2]))], {
      outputs: ['inner'],
    });
    const branch = (name: string): Graph => {
      const b = new GraphBuilder(name);
      return b.ends(
        b.node('MatMul', [inner, b.weights(`${name}.w`, [32, 32])], { name, outputs: [`${name}.y`] }),
      );
    };
    const attributes = { then_branch: subgraph(branch('then')), else_branch: subgraph(branch('else')) };
    const y = outer.node('If', [outer.input('c', [], 'bool')], { outputs: ['y'], attributes });
    y.type = { kind: 'tensor', dtype: 'float', shape: [4, 32] };
    const model = outer.model(13, outer.node('Relu', [y], { outputs: ['z'] }), y);
    const result = await half(model);
    expect(await typesOf(result.model, 'MatMul')).toEqual(new Set(['float16']));
    for (const taken of [0, 1]) {
      const c: Tensor = { dtype: 'bool', shape: [], data: Uint8Array.of(taken) };
      const feeds = { x: f32([4, 32], 'x'), c };
      expectClose(
        await runOptimized(runner, result.model, feeds),
        await runModel(runner, model, feeds),
        RTOL,
      );
    }
  });

  it('with 4-bit weights: multiplied in blocks, and decoded in float32', async () => {
    const b = new GraphBuilder();
    const x = b.node('Relu', [b.input('x', [1, 512])]);
    const wide = b.node('MatMul', [x, b.weights('w', [512, 64])], { name: 'p' });
    const model = b.model(
      13,
      b.node('MatMul', [wide, b.weights('v', [64, 64])], { name: 'q', outputs: ['y'] }),
    );
    const mixed = await storeGraph(runner, model, { weights: 'int4', activations: 'float16' });
    const float32 = await storeGraph(runner, model, { weights: 'int4' });
    expect(await typesOf(mixed.model, 'MatMulNBits')).toEqual(new Set(['float16']));
    expect(await typesOf(mixed.model, 'MatMul')).toEqual(new Set(['float16']));
    // Scales of decoded weights stay float32: in half they would lose bits below 2⁻¹⁴.
    expect(await typesOf(mixed.model, 'Mul')).toEqual(new Set(['float']));
    const feeds = randomFeeds(model);
    // Level 4 rounds the data to 8 bits in one, to half precision in the other.
    expectClose(
      await runOptimized(runner, mixed.model, feeds),
      await runOptimized(runner, float32.model, feeds),
      2e-2,
    );
  });
});

describe('stays in float32', () => {
  it('what has no float16 form: recurrent nets, of weights stored in float16', async () => {
    const b = new GraphBuilder();
    const weights = [
      b.constant('w', f32([1, 96, 24], 'w', 0.1)),
      b.constant('r', f32([1, 96, 24], 'r', 0.1)),
    ];
    const x = b.node('Relu', [b.input('x', [3, 1, 24])]);
    const y = b.node('LSTM', [x, ...weights], { name: 'l', attributes: { hidden_size: 24 } });
    const model = b.model(13, b.node('Relu', [y], { outputs: ['y'] }));
    const result = await half(model);
    expect(await typesOf(result.model, 'LSTM')).toEqual(new Set(['float']));
    expect(await typesOf(result.model, 'Relu')).toEqual(new Set(['float16']));
    expect(result.layers).toMatchObject([{ name: 'l', state: 'stored' }]);
    const feeds = randomFeeds(model);
    expectClose(await runOptimized(runner, result.model, feeds), await runModel(runner, model, feeds), RTOL);
  });

  it('Resize’s scales', async () => {
    const b = new GraphBuilder();
    const scales = b.constant('scales', floats([4], [1, 1, 2, 2]));
    const conv = addNamedConv(b, 'a', b.input('x', [1, 16, 4, 4]), [16, 16]);
    const model = b.model(13, b.node('Resize', [conv, undefined, scales], { outputs: ['y'] }));
    const result = await half(model);
    const resize = [...result.model.graph.nodes].find(({ opType }) => opType === 'Resize');
    expect(resize?.inputs.map((value) => value?.initializer?.dtype)).toEqual([undefined, undefined, 'float']);
    const feeds = randomFeeds(model);
    expectClose(await runOptimized(runner, result.model, feeds), await runModel(runner, model, feeds), RTOL);
  });

  it('a node with a constant beyond 65,504, and what is excluded; says so', async () => {
    const b = new GraphBuilder();
    const x = b.node('MatMul', [b.input('x', [1, 32]), b.weights('w', [32, 32])], { name: 'p' });
    const cut = b.node('Min', [x, b.constant('million', floats([], [1e6]))], { name: 'above' });
    const back = b.node('Max', [cut, b.constant('also', floats([], [-1e6]))], { name: 'below' });
    const model = b.model(13, b.node('Relu', [b.node('Neg', [back], { name: 'own' })], { outputs: ['y'] }));
    const result = await storeGraph(runner, model, { ...options, exclude: ['own'] });
    expect(result.layers.map(({ name, state, reason }) => [name, state, reason])).toEqual([
      ['p', 'stored', ''],
      ['above', 'float', 'computed in float32: its constant "million" exceeds float16'],
      ['below', 'float', 'computed in float32: its constant "also" exceeds float16'],
      ['own', 'float', 'computed in float32: excluded'],
    ]);
    const feeds = randomFeeds(model);
    expectClose(await runOptimized(runner, result.model, feeds), await runModel(runner, model, feeds), RTOL);
  });

  it('what exceeds float16 on the samples', async () => {
    const b = new GraphBuilder();
    const x = b.node('MatMul', [b.input('x', [1, 32]), b.weights('w', [32, 32])], { name: 'p' });
    const square = b.node('Mul', [x, x], { name: 'square' });
    const model = b.model(13, b.node('Sqrt', [square], { name: 'root', outputs: ['y'] }));
    const feeds = { x: f32([1, 32], 'x', 100) };
    const expected = await runModel(runner, model, feeds);
    // ONNX Runtime on x64 computes this in float32 and hides the overflow that others would show.
    expect(await typesOf((await half(model)).model, 'Mul')).toEqual(new Set(['float16']));
    const data = datasetFromTensors({ inputs: { x: f32([4, 32], 'other', 100) } });
    const seeing = await half(model, data);
    expect(seeing.layers.filter(({ state }) => state === 'float').map(({ name }) => name)).toEqual([
      'square',
      'root',
    ]);
    expect(await typesOf(seeing.model, 'Mul')).toEqual(new Set(['float']));
    expectClose(await runOptimized(runner, seeing.model, feeds), expected, RTOL);
  });
});

it('operators that count: integers stay integers', async () => {
  const b = new GraphBuilder();
  const x = b.input('x', [4, 32]);
  const rows = b.node('Gather', [
    b.weights('w', [32, 64]),
    b.node('Cast', [b.node('ArgMax', [x], { attributes: { axis: 1, keepdims: 0 } })], {
      attributes: { to: 7 },
    }),
  ]);
  const scaled = b.node('LeakyRelu', [rows], { attributes: { alpha: float(0.25) } });
  const model = b.model(
    13,
    b.node('ReduceMax', [scaled], { outputs: ['y'], attributes: { axes: [1], keepdims: 0 } }),
    b.node('Add', [b.node('Shape', [x]), b.constant('one', int64([1]))], { outputs: ['n'] }),
  );
  const result = await half(model);
  const feeds = randomFeeds(model);
  expectClose(await runOptimized(runner, result.model, feeds), await runModel(runner, model, feeds), RTOL);
});
