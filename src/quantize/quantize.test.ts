import { describe, expect, it } from 'vitest';
import { datasetFromTensors } from '../data/dataset-from-tensors.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { normalDataset, quantizeGraph } from '../testing/quantize-graph.ts';
import { addNamedConv, addRelu } from '../testing/small-nets.ts';
import { f32, floats } from '../testing/tensors.ts';
import { quantizeOptions } from './options.ts';
import { quantize } from './quantize.ts';

const runner = await ortNode();
const context = { runner, architecture: 'x64', seed: 0, threads: 1 };
const same = [4, 4] as const;

function net(): Model {
  const b = new GraphBuilder();
  const first = addRelu(b, 'relu', addNamedConv(b, 'a', b.input('x', [1, 4, 6, 6]), same));
  const sum = b.node('Add', [first, addNamedConv(b, 'c', first, same)], { name: 'sum' });
  const flat = b.node('Flatten', [b.node('GlobalAveragePool', [sum], { name: 'gap' })], { name: 'flat' });
  return b.model(13, b.node('Gemm', [flat, b.weights('w', [4, 3])], { name: 'head', outputs: ['y'] }));
}

describe('replay', () => {
  const bytesOf = async (seed: number, samples: number) => {
    const model = net();
    const options = quantizeOptions.parse({ target: 'x64-vnni', samples });
    const result = await quantize(model, options, { ...context, seed, data: normalDataset(net(), 40) });
    return modelToBytes(result.model);
  };

  it('the same seed gives the same bytes, another seed other samples', async () => {
    expect(await bytesOf(1, 10)).toEqual(await bytesOf(1, 10));
    expect(await bytesOf(1, 10)).not.toEqual(await bytesOf(2, 10));
  });

  it('the resolved options name what was chosen, and give the same model again', async () => {
    const first = await quantizeGraph(runner, net(), { floatLayers: { c: 'measured' } });
    expect(first.resolved).toMatchObject({
      target: 'x64-vnni',
      activations: 'uint8',
      granularity: 'channel',
      reduceRange: false,
      floatLayers: { c: 'measured' },
    });
    const second = await quantizeGraph(runner, net(), first.resolved);
    expect(await modelToBytes(second.model)).toEqual(await modelToBytes(first.model));
    expect(second.layers.find(({ name }) => name === 'c')).toMatchObject({
      state: 'float',
      reason: 'measured',
    });
  });
});

describe('report', () => {
  it('has a row a node, with ranges and errors', async () => {
    const { layers, warnings } = await quantizeGraph(runner, net());
    expect(warnings).toEqual([]);
    expect(layers.map(({ name, opType, state, reason }) => [name, opType, state, reason])).toEqual([
      ['a', 'Conv', 'quantized', ''],
      ['c', 'Conv', 'quantized', ''],
      ['sum', 'Add', 'quantized', ''],
      ['gap', 'GlobalAveragePool', 'quantized', ''],
      ['flat', 'Flatten', 'pass', ''],
      ['head', 'Gemm', 'quantized', ''],
    ]);
    const [a, c, sum] = layers;
    for (const { weightSqnrDb } of [a, c]) expect(weightSqnrDb).toBeGreaterThan(35);
    for (const { activationSqnrDb } of [a, c, sum]) expect(activationSqnrDb).toBeGreaterThan(25);
    // Behind its Relu.
    expect(a.range?.min).toBe(0);
    expect(a.histogram?.counts.reduce((x, y) => x + y)).toBe(8 * 4 * 36);
  });

  it('without details leaves out what only a page shows', async () => {
    const options = quantizeOptions.parse({ target: 'x64-vnni', observer: 'minmax' });
    const data = normalDataset(net(), 4);
    const { layers } = await quantize(net(), options, { ...context, data, details: false });
    expect(layers[0].activationSqnrDb).toBeUndefined();
    expect(layers[0].histogram).toBeUndefined();
    expect(layers[0].weightSqnrDb).toBeGreaterThan(35);
  });

  it('names nodes without a name by what they make, each once', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 4, 6, 6]);
    const conv = (data: typeof x) => b.node('Conv', [data, b.weights('w', [4, 4, 1, 1])]);
    const { layers } = await quantizeGraph(runner, b.model(13, conv(conv(x))));
    expect(layers.map(({ name }) => name)).toEqual(['conv', 'conv_1']);
  });

  it('keeps rows apart whose names meet: a node called as another’s output', async () => {
    const b = new GraphBuilder();
    const first = b.node('Conv', [b.input('x', [1, 4, 6, 6]), b.weights('w', [4, 4, 1, 1])], {
      outputs: ['y'],
    });
    const { layers } = await quantizeGraph(runner, b.model(13, addNamedConv(b, 'y', first, same)));
    expect(layers.map(({ name }) => name)).toEqual(['y', 'y']);
  });

  it('warns where the engine here has no such kernel: int8 activations on x64', async () => {
    const { layers, warnings } = await quantizeGraph(runner, net(), { activations: 'int8' });
    const float = warnings.filter(({ code }) => code === 'quantized-layer-float').map(({ where }) => where);
    if (process.arch === 'x64') expect(float.length).toBeGreaterThan(0);
    for (const name of float) expect(layers.find((layer) => layer.name === name)?.state).toBe('quantized');
  });
});

describe('refusals', () => {
  const data = normalDataset(net(), 4);

  it.each([
    ['no data', net(), undefined, 'calibration-data-missing'],
    [
      'an empty data set',
      net(),
      datasetFromTensors({ inputs: { x: f32([0, 4, 6, 6], 'x') } }),
      'no-calibration-samples',
    ],
    [
      'NaN in the data',
      net(),
      datasetFromTensors({ inputs: { x: floats([1, 4, 6, 6], new Array(144).fill(Number.NaN)) } }),
      'non-finite-activation',
    ],
    [
      'data of another name',
      net(),
      datasetFromTensors({ inputs: { z: f32([2, 4, 6, 6], 'z') } }),
      'run-failed',
    ],
    [
      'data of another shape',
      net(),
      datasetFromTensors({ inputs: { x: f32([2, 3, 6, 6], 'x') } }),
      'run-failed',
    ],
  ])('%s', async (_, model, given, code) => {
    const options = quantizeOptions.parse({ target: 'x64-vnni' });
    await expect(quantize(cloneModel(model), options, { ...context, data: given })).rejects.toMatchObject({
      code,
    });
  });

  it('NaN in the data: names the value', async () => {
    const x = floats([1, 4, 6, 6], [...new Array(143).fill(0), Number.NaN]);
    const refused = quantizeGraph(runner, net(), {}, datasetFromTensors({ inputs: { x } }));
    await expect(refused).rejects.toMatchObject({
      where: 'x',
      message: 'Value "x": The sample holds NaN at element 143.',
    });
  });

  it('a model that overflows on the data: names the first value', async () => {
    const b = new GraphBuilder();
    const grown = b.node('Exp', [b.input('x', [1, 4, 6, 6])], { outputs: ['grown'] });
    const model = b.model(13, addNamedConv(b, 'a', grown, same));
    const x = floats([1, 4, 6, 6], new Array(144).fill(100));
    await expect(
      quantizeGraph(runner, model, {}, datasetFromTensors({ inputs: { x } })),
    ).rejects.toMatchObject({
      code: 'non-finite-activation',
      where: 'grown',
    });
  });

  it.each([Number.NaN, Infinity])('%d in a weight: names the tensor, not what it makes', async (bad) => {
    const b = new GraphBuilder();
    const w = b.constant('w', floats([1, 4, 1, 1], [1, bad, 2, 3]));
    const model = b.model(13, b.node('Conv', [b.input('x', [1, 4, 6, 6]), w]));
    await expect(quantizeGraph(runner, model)).rejects.toMatchObject({
      code: 'non-finite-weight',
      where: 'w',
    });
  });

  it('a model that is quantized already', async () => {
    const { model } = await quantizeGraph(runner, net());
    await expect(quantizeGraph(runner, model)).rejects.toMatchObject({
      code: 'already-quantized',
      isUsage: true,
    });
  });

  it.each(['float16', 'bfloat16'] as const)('weights of %s, and says what to do', async (dtype) => {
    const b = new GraphBuilder();
    const w = b.constant('w', { dtype, shape: [4, 4, 1, 1], data: new Uint16Array(16) });
    const model = b.model(13, b.node('Conv', [b.input('x', [1, 4, 6, 6], dtype), w]));
    await expect(quantizeGraph(runner, model, {}, data)).rejects.toMatchObject({
      code: 'half-precision',
      where: 'conv',
      got: dtype,
      hint: expect.stringContaining('pare dequantize'),
    });
  });

  it.each([
    ['DynamicQuantizeLinear', '', ['x']],
    ['MatMulInteger', '', ['x', 'x']],
    ['MatMulNBits', 'com.microsoft', ['x', 'x', 'x']],
    ['GatherBlockQuantized', 'com.microsoft', ['x', 'x', 'x']],
    ['DynamicQuantizeLSTM', 'com.microsoft', ['x', 'x', 'x']],
    ['QAttention', 'com.microsoft', ['x', 'x', 'x', 'x', 'x']],
    ['QLinearAdd', 'com.microsoft', ['x', 'x']],
    ['MatMulBnb4', 'com.microsoft', ['x', 'x']],
  ])('a model that holds %s', async (opType, domain, names) => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 4, 6, 6]);
    const made = b.node(
      opType,
      names.map(() => x),
      { domain, name: 'old' },
    );
    const model = b.model(13, addNamedConv(b, 'a', x, same), made);
    await expect(quantizeGraph(runner, model, {}, data)).rejects.toMatchObject({
      code: 'already-quantized',
      where: 'old',
      got: opType,
    });
  });

  it('a target without integer kernels', async () => {
    await expect(quantizeGraph(runner, net(), { target: 'webgpu' })).rejects.toMatchObject({
      code: 'no-integer-kernels',
      hint: expect.stringContaining('--mode weights'),
    });
  });

  it('no layer at all, and all layers left out', async () => {
    const b = new GraphBuilder();
    const model = b.model(13, b.node('Exp', [b.input('x', [1, 4, 6, 6])]));
    await expect(quantizeGraph(runner, model)).rejects.toMatchObject({
      code: 'nothing-to-quantize',
      got: 'no Conv, Gemm or MatMul with constant weights',
    });
    await expect(quantizeGraph(runner, net(), { exclude: ['*'] })).rejects.toMatchObject({ got: 'excluded' });
  });

  it('a pattern that matches nothing', async () => {
    await expect(quantizeGraph(runner, net(), { exclude: ['conv*'] })).rejects.toMatchObject({
      code: 'pattern-without-match',
    });
  });

  it('stops when told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const options = quantizeOptions.parse({ target: 'x64-vnni' });
    await expect(quantize(net(), options, { ...context, data, signal })).rejects.toThrow('enough');
  });
});
