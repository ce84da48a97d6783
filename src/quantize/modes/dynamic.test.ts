import { describe, expect, it } from 'vitest';
import { datasetFromTensors } from '../../data/dataset-from-tensors.ts';
import { Graph } from '../../onnx/ir/graph.ts';
import type { Model } from '../../onnx/ir/model.ts';
import { Node } from '../../onnx/ir/node.ts';
import { tensorSourceOfTensor } from '../../onnx/ir/tensor-source-of-tensor.ts';
import { Value } from '../../onnx/ir/value.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { modelToBytes } from '../../onnx/write/write-model.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { GraphBuilder, subgraph, tensorAttribute } from '../../testing/build-graph.ts';
import { expectClose } from '../../testing/expect-close.ts';
import { quantizeDynamically } from '../../testing/quantize-dynamically.ts';
import { runOptimized } from '../../testing/quantize-graph.ts';
import { randomFeeds } from '../../testing/random-feeds.ts';
import { runModel } from '../../testing/run-model.ts';
import { f32, int64 } from '../../testing/tensors.ts';
import { worstSqnr } from '../../testing/worst-sqnr.ts';

const runner = await ortNode();
const WIDTH = 64;

/** Rows of words [1, 64], two dense layers on what a table holds of them, and a convolution. */
function net(): Model {
  const b = new GraphBuilder();
  const ids = b.input('ids', [1, WIDTH], 'int64');
  const words = b.node('Gather', [b.weights('table', [100, WIDTH]), ids], { name: 'words' });
  const dense = (name: string, x: Value) =>
    b.node('MatMul', [x, b.constant(`${name}.w`, f32([WIDTH, WIDTH], name, 0.15))], {
      name,
      outputs: [`${name}_out`],
    });
  const first = b.node('Relu', [dense('first', words)]);
  const second = dense('second', first);
  const conv = b.node('Conv', [second, b.weights('kernel', [8, WIDTH, 3])], { name: 'conv' });
  return b.model(14, conv);
}

async function statesOf(model: Model, options = {}) {
  const { layers } = await quantizeDynamically(runner, model, options);
  return layers.map(({ name, state, reason }) => [name, state, reason]);
}

const stored = 'its weights are stored as int8';

describe('mode dynamic', () => {
  it('computes products in integers and keeps the other weights in 8 bits', async () => {
    const model = net();
    const result = await quantizeDynamically(runner, model);
    const noKernel = `x64-vnni has no fast integer kernel for it without known ranges; ${stored}`;
    expect(result.layers.map(({ name, state, reason }) => [name, state, reason])).toEqual([
      ['words', 'stored', noKernel],
      ['first', 'quantized', ''],
      ['second', 'quantized', ''],
      ['conv', 'stored', noKernel],
    ]);
    expect(result.layers.every(({ weightSqnrDb = 0 }) => weightSqnrDb > 38)).toBe(true);
    expect(result).toMatchObject({ target: 'x64-vnni', warnings: [], limits: [] });
    expect(result.resolved).toMatchObject({ mode: 'dynamic', granularity: 'channel', reduceRange: false });
    const feeds = randomFeeds(model);
    const results = await runOptimized(runner, result.model, feeds);
    expect(worstSqnr(results, await runModel(runner, model, feeds))).toBeGreaterThan(33);
    const [before, after] = await Promise.all([model, result.model].map(modelToBytes));
    expect(after.length).toBeLessThan(before.length / 3);
  });

  it('says how far outputs are off where samples are given', async () => {
    const data = datasetFromTensors({
      inputs: { ids: { dtype: 'int64', shape: [4, WIDTH], data: words(4) } },
    });
    const { layers } = await quantizeDynamically(runner, net(), {}, data);
    const decibels = Object.fromEntries(layers.map(({ name, activationSqnrDb }) => [name, activationSqnrDb]));
    expect(Object.values(decibels).every((x) => x !== undefined && x > 30)).toBe(true);
    expect(decibels.words).toBeGreaterThan(decibels.second ?? 0);
  });

  it('leaves what is excluded or not included as it is', async () => {
    expect(await statesOf(net(), { exclude: ['type:MatMul', 'words'] })).toMatchObject([
      ['words', 'float', 'excluded'],
      ['first', 'float', 'excluded'],
      ['second', 'float', 'excluded'],
      ['conv', 'stored', expect.stringContaining(stored)],
    ]);
    const { model } = await quantizeDynamically(runner, net(), { include: ['second'] });
    const floats = [...model.graph.initializers].filter((value) => value.initializer?.dtype === 'float');
    expect(floats.map(({ name }) => name).sort()).toEqual(['first.w', 'kernel', 'second.w/s', 'table']);
  });

  it('does not store a weight that somebody goes on reading in float', async () => {
    const b = new GraphBuilder();
    const weight = b.weights('w', [8, WIDTH, 3]);
    const conv = b.node('Conv', [b.input('x', [1, WIDTH, 9]), weight], { name: 'conv' });
    const other = b.node('Conv', [b.input('z', [1, WIDTH, 9]), weight], { name: 'other', outputs: ['o'] });
    const model = b.model(14, conv, other);
    await expect(quantizeDynamically(runner, model, { exclude: ['other'] })).rejects.toMatchObject({
      code: 'nothing-to-quantize',
    });
    const { layers } = await quantizeDynamically(runner, model);
    expect(layers.map(({ reason }) => reason.endsWith(stored))).toEqual([true, true]);
  });

  it('takes weights that are graph inputs as well', async () => {
    const model = net();
    model.irVersion = 3;
    model.graph.inputs.push(...model.graph.initializers);
    const { model: quantized } = await quantizeDynamically(runner, model);
    expect(quantized.graph.inputs.map(({ name }) => name)).toEqual(['ids']);
    const feeds = { ids: { dtype: 'int64' as const, shape: [1, WIDTH], data: words(1) } };
    const results = await runOptimized(runner, quantized, feeds);
    expect(worstSqnr(results, await runModel(runner, net(), feeds))).toBeGreaterThan(33);
  });

  it('upgrades models that are older than its operators', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [WIDTH, WIDTH]);
    const inputs = [x, b.weights('w', [WIDTH, WIDTH]), b.weights('c', [WIDTH])];
    const { model } = await quantizeDynamically(runner, b.model(8, b.node('Gemm', inputs)));
    expect(model.opset).toBe(11);
  });

  it.each([
    ['--keep-fastest without samples', { keepFastest: true }, 'option-needs-data', '--keep-fastest'],
    ['--max-drop without samples', { maxDrop: 1 }, 'option-needs-data', '--max-drop'],
    ['--symmetric', { symmetric: true }, 'option-not-of-mode', '--symmetric'],
    ['--observer', { observer: 'minmax' }, 'option-not-of-mode', '--observer'],
    ['--activations int8', { activations: 'int8' as const }, 'format-not-of-mode', '--activations'],
    ['--weights uint8', { weights: 'uint8' as const }, 'format-not-of-mode', '--weights'],
    ['a pattern without a match', { exclude: ['nobody'] }, 'pattern-without-match', undefined],
  ])('refuses %s', async (_, options, code, where) => {
    const expected = where === undefined ? { code } : { code, where };
    await expect(quantizeDynamically(runner, net(), options)).rejects.toMatchObject(expected);
  });

  it('refuses what is quantized already, also in a body', async () => {
    const { model } = await quantizeDynamically(runner, net());
    await expect(quantizeDynamically(runner, model)).rejects.toMatchObject({ code: 'already-quantized' });
    await expect(
      quantizeDynamically(
        runner,
        inBody((x) => new Node({ opType: 'DynamicQuantizeLinear', inputs: [x], outputs: [new Value('y')] })),
      ),
    ).rejects.toMatchObject({ code: 'already-quantized' });
  });

  it('refuses weights that are not finite', async () => {
    const b = new GraphBuilder();
    const weight = f32([WIDTH, WIDTH], 'w');
    weight.data[5] = Number.NaN;
    const y = b.node('MatMul', [b.input('x', [WIDTH, WIDTH]), b.constant('w', weight)]);
    await expect(quantizeDynamically(runner, b.model(14, y))).rejects.toMatchObject({
      code: 'non-finite-weight',
      where: 'w',
    });
  });

  it('leaves layers in float until the drop is within the limit', async () => {
    const data = datasetFromTensors({
      inputs: { x: f32([40, WIDTH], 'x') },
      labels: Int32Array.from({ length: 40 }, (_, i) => i % 4),
    });
    const b = new GraphBuilder();
    const big = b.node('Gemm', [b.input('x', ['n', WIDTH]), b.weights('big', [WIDTH, 4096])], {
      name: 'big',
    });
    const last = b.node('MatMul', [big, b.weights('last', [4096, 4])], { name: 'last' });
    const { limits, resolved } = await quantizeDynamically(runner, b.model(14, last), { maxDrop: 0 }, data);
    expect(limits).toMatchObject([{ name: 'max-drop', wanted: 0, unit: 'points' }]);
    expect(limits[0].met).toBe(limits[0].got <= 0);
    expect(resolved.floatLayers).toBeDefined();
    const replay = await quantizeDynamically(runner, b.model(14, last), { floatLayers: { big: 'said so' } });
    expect(replay.layers[0]).toMatchObject({ name: 'big', state: 'float', reason: 'said so' });
  });
});

describe('mode dynamic with --keep-fastest', () => {
  it('chooses among its layers, and a replay needs no samples to repeat the choice', async () => {
    const ids = { dtype: 'int64' as const, shape: [2, WIDTH], data: words(2) };
    const data = datasetFromTensors({ inputs: { ids } });
    const first = await quantizeDynamically(runner, net(), { keepFastest: true }, data);
    const floatLayers = first.resolved.floatLayers ?? {};
    const inFloat = first.layers.filter(({ reason }) => reason === 'faster in float here');
    expect(inFloat.map(({ name }) => name)).toEqual(Object.keys(floatLayers));
    const replay = await quantizeDynamically(runner, net(), first.resolved);
    expect(await modelToBytes(replay.model)).toEqual(await modelToBytes(first.model));
  });
});

describe('bodies', () => {
  it('are quantized, with constants of their own, of those around them, and put together in them', async () => {
    const model = branches();
    const { model: quantized, layers } = await quantizeDynamically(runner, model);
    expect(layers.map(({ name, state }) => [name, state])).toEqual([
      ['own', 'quantized'],
      ['captured', 'quantized'],
      ['assembled', 'quantized'],
      ['assembled again', 'quantized'],
    ]);
    for (const condition of [true, false]) {
      const feeds = feedsOf(condition);
      const results = await runOptimized(runner, quantized, feeds);
      expectClose(results, await runModel(runner, quantized, feeds), 1e-5);
      expect(worstSqnr(results, await runModel(runner, model, feeds))).toBeGreaterThan(35);
    }
  });

  it('hold their own constants; what several read lies around them, once', async () => {
    const { model } = await quantizeDynamically(runner, branches());
    const codes = [...subgraphDepthFirst(model.graph)].map(({ name, initializers }) => [
      name,
      [...initializers].filter((value) => value.initializer?.dtype === 'int8').length,
    ]);
    // `assembled` is put together alike in both branches.
    expect(codes).toEqual([
      ['test', 1],
      ['then', 2],
      ['else', 0],
    ]);
    const floats = [...model.graph.initializers].filter(
      (value) => value.initializer?.dtype === 'float' && value.initializer.shape.length > 1,
    );
    expect(floats).toEqual([]);
  });

  it('answer to patterns', async () => {
    const { layers } = await quantizeDynamically(runner, branches(), { exclude: ['own', 'assembled*'] });
    expect(layers.filter(({ state }) => state === 'quantized').map(({ name }) => name)).toEqual(['captured']);
    const included = await quantizeDynamically(runner, branches(), { include: ['captured'] });
    // Nothing was put together beforehand for layers nobody wants quantized.
    const names = [...subgraphDepthFirst(included.model.graph)].flatMap(({ initializers }) => [
      ...initializers,
    ]);
    expect(names.filter(({ name }) => name.includes('settled'))).toEqual([]);
  });
});

function words(samples: number): BigInt64Array {
  return BigInt64Array.from({ length: samples * WIDTH }, (_, i) => BigInt((i * 37) % 100));
}

function feedsOf(condition: boolean) {
  return {
    condition: { dtype: 'bool' as const, shape: [], data: Uint8Array.of(condition ? 1 : 0) },
    x: f32([WIDTH, WIDTH], 'x'),
  };
}

function inBody(make: (x: Value) => Node): Model {
  const b = new GraphBuilder();
  const x = b.input('x', [WIDTH, WIDTH]);
  const body = new Graph('body');
  body.add(make(x));
  body.outputs = [...body.nodes].map((node) => node.output);
  const attributes = { then_branch: subgraph(body), else_branch: subgraph(identity(x)) };
  return b.model(14, b.node('If', [b.input('condition', [], 'bool')], { attributes }));
}

function identity(x: Value): Graph {
  const graph = new Graph('identity');
  graph.outputs = [graph.addNode({ opType: 'Identity', inputs: [x], outputName: 'same' })];
  return graph;
}

/** An If whose branches multiply x with weights of all origins. */
function branches(): Model {
  const b = new GraphBuilder();
  const x = b.input('x', [WIDTH, WIDTH]);
  const captured = b.weights('outer', [WIDTH, WIDTH]);
  const halves = b.weights('halves', [WIDTH, WIDTH]);
  const multiply = (graph: Graph, name: string, left: Value, weight: Value) => {
    const output = graph.addNode({
      opType: 'MatMul',
      name,
      inputs: [left, weight],
      outputName: `${name}_out`,
    });
    return output;
  };
  const assembled = (graph: Graph) => {
    const part = (start: number, end: number) => {
      const bounds = [start, end].map((n) => graph.addInitializer('bound', tensorSourceOfTensor(int64([n]))));
      return graph.addNode({ opType: 'Slice', inputs: [halves, ...bounds], outputName: 'part' });
    };
    const inputs = [part(WIDTH / 2, WIDTH), part(0, WIDTH / 2)];
    const axis = [['axis', { type: 'INT', value: 0n }]] as const;
    return graph.addNode({ opType: 'Concat', inputs, attributes: axis, outputName: 'weight' });
  };
  const then = new Graph('then');
  const own = then.addNode({
    opType: 'Constant',
    attributes: [['value', tensorAttribute(f32([WIDTH, WIDTH], 'own'))]],
    outputName: 'own.w',
  });
  const first = multiply(then, 'captured', multiply(then, 'own', x, own), captured);
  then.outputs = [multiply(then, 'assembled', first, assembled(then))];
  const otherwise = new Graph('else');
  otherwise.outputs = [multiply(otherwise, 'assembled again', x, assembled(otherwise))];
  const attributes = { then_branch: subgraph(then), else_branch: subgraph(otherwise) };
  return b.model(14, b.node('If', [b.input('condition', [], 'bool')], { attributes }));
}
