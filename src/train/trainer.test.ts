import { expect, test } from 'vitest';
import { losses } from '../autodiff/losses/index.generated.ts';
import { optimizers } from '../autodiff/optimizers/index.generated.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { float, GraphBuilder } from '../testing/build-graph.ts';
import { f32, floats, int64 } from '../testing/tensors.ts';
import { stepGraph } from './step-graph.ts';
import { Trainer } from './trainer.ts';

const runner = await ortNode();

function int64Constant(b: GraphBuilder, values: readonly number[]) {
  return b.constant(`c${values}`, int64(values));
}

function convNet() {
  const b = new GraphBuilder();
  const x = b.input('x', ['N', 3, 8, 8]);
  const conv = b.node('Conv', [x, b.weights('w1', [8, 3, 3, 3])], { attributes: { pads: [1, 1, 1, 1] } });
  const norm = b.node('BatchNormalization', [
    conv,
    b.constant('scale', floats([8], new Array(8).fill(1))),
    b.constant('shift', floats([8], new Array(8).fill(0))),
    b.constant('mean', floats([8], new Array(8).fill(0))),
    b.constant('var', floats([8], new Array(8).fill(1))),
  ]);
  const pooled = b.node('MaxPool', [b.node('Relu', [norm])], {
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  });
  const flat = b.node('Flatten', [pooled]);
  const y = b.node('Gemm', [flat, b.weights('w2', [128, 4]), b.weights('b2', [4])], {
    attributes: { alpha: float(0.1) },
  });
  return b.model(18, b.node('Softmax', [y]));
}

test('a convolutional net learns a small batch by heart, and its statistics follow', async () => {
  const graph = await stepGraph(convNet(), {
    batch: 16,
    loss: losses['cross-entropy'],
    lossOptions: losses['cross-entropy'].options.parse({}),
    optimizer: optimizers.sgd,
    optimizerOptions: optimizers.sgd.options.parse({}),
  });
  expect(graph.parameters.entries.map(({ name }) => name)).toEqual(['w1', 'scale', 'shift', 'w2', 'b2']);
  expect(graph.buffers.entries.map(({ name }) => name)).toEqual(['mean', 'var']);
  const trainer = await Trainer.open(graph, runner);
  const inputs = { x: f32([16, 3, 8, 8], 'images') };
  const target = {
    dtype: 'int64',
    shape: [16],
    data: BigInt64Array.from({ length: 16 }, (_, i) => BigInt(i % 4)),
  } as const;
  const trace: number[] = [];
  for (let step = 0; step < 150; step++) trace.push(await trainer.run({ inputs, target, rate: 0.2 }));
  expect(trace[0]).toBeGreaterThan(1);
  expect(trace[149]).toBeLessThan(0.05);
  const { vectors, step } = trainer.state;
  expect(step).toBe(150);
  expect(Math.abs(vectors['pare.buffers'][0])).toBeGreaterThan(1e-4);
  await trainer.close();
});

test('state given back goes on to the same bits', async () => {
  const graph = await stepGraph(convNet(), {
    batch: 4,
    loss: losses['cross-entropy'],
    lossOptions: losses['cross-entropy'].options.parse({ labelSmoothing: 0.1 }),
    optimizer: optimizers.adamw,
    optimizerOptions: optimizers.adamw.options.parse({}),
    clipNorm: 1,
  });
  const inputs = { x: f32([4, 3, 8, 8], 'images') };
  const target = { dtype: 'int64', shape: [4], data: BigInt64Array.of(0n, 1n, 2n, 3n) } as const;
  const one = await Trainer.open(graph, runner);
  for (let i = 0; i < 3; i++) await one.run({ inputs, target, rate: 0.01 });
  const half = structuredClone(one.state);
  for (let i = 0; i < 3; i++) await one.run({ inputs, target, rate: 0.01 });
  const two = await Trainer.open(graph, runner, { state: half });
  for (let i = 0; i < 3; i++) await two.run({ inputs, target, rate: 0.01 });
  expect(two.state).toEqual(one.state);
  await one.close();
  await two.close();
});

test('gradients of several runs make one update, and an average of the parameters follows them', async () => {
  const options = {
    loss: losses['cross-entropy'],
    lossOptions: losses['cross-entropy'].options.parse({}),
    optimizer: optimizers.sgd,
    optimizerOptions: optimizers.sgd.options.parse({ momentum: 0 }),
  };
  const build = () => {
    const b = new GraphBuilder();
    const x = b.input('x', ['N', 6]);
    return b.model(18, b.node('Gemm', [x, b.weights('w', [6, 3]), b.weights('b', [3])]));
  };
  const data = f32([4, 6], 'rows').data as Float32Array;
  const classes = BigInt64Array.of(0n, 1n, 2n, 1n);
  const part = (from: number, to: number) =>
    ({
      inputs: { x: { dtype: 'float', shape: [to - from, 6], data: data.slice(from * 6, to * 6) } },
      target: { dtype: 'int64', shape: [to - from], data: classes.slice(from, to) },
      rate: 0.5,
    }) as const;
  const whole = await Trainer.open(await stepGraph(build(), { ...options, batch: 4 }), runner);
  await whole.run(part(0, 4));
  const halves = await Trainer.open(
    await stepGraph(build(), { ...options, batch: 2, accumulate: 2, average: 0.5 }),
    runner,
  );
  const start = halves.state.vectors['pare.parameters'];
  await halves.run(part(0, 2));
  expect(halves.state.vectors['pare.parameters']).toEqual(start);
  await halves.run(part(2, 4));
  const { vectors } = halves.state;
  const wanted = whole.state.vectors['pare.parameters'];
  for (const [i, x] of vectors['pare.parameters'].entries()) expect(x).toBeCloseTo(wanted[i], 6);
  expect(vectors['pare.accumulated'].every((x) => x === 0)).toBe(true);
  // t = 1: the average keeps min(0.5, 2 / 11) of what it was.
  const kept = 2 / 11;
  for (const [i, x] of vectors['pare.average'].entries())
    expect(x).toBeCloseTo(kept * start[i] + (1 - kept) * wanted[i], 6);
  await whole.close();
  await halves.close();
});

test('frozen nodes keep their parameters, and rates differ by node', async () => {
  const b = new GraphBuilder();
  const x = b.input('x', ['N', 6]);
  const hidden = b.node('Gemm', [x, b.weights('w1', [6, 5])]);
  const middle = b.node('Gemm', [b.node('Relu', [hidden]), b.weights('w2', [5, 4])]);
  const model = b.model(18, b.node('Gemm', [middle, b.weights('w3', [4, 3])]));
  const [first, , second] = model.graph.nodes;
  const graph = await stepGraph(model, {
    batch: 4,
    loss: losses['cross-entropy'],
    lossOptions: losses['cross-entropy'].options.parse({}),
    optimizer: optimizers.sgd,
    optimizerOptions: optimizers.sgd.options.parse({}),
    frozen: new Set([first]),
    rates: new Map([[second, 0]]),
  });
  expect(graph.parameters.entries.map(({ name }) => name)).toEqual(['w2', 'w3']);
  const trainer = await Trainer.open(graph, runner);
  const target = { dtype: 'int64', shape: [4], data: BigInt64Array.of(0n, 1n, 2n, 1n) } as const;
  await trainer.run({ inputs: { x: f32([4, 6], 'rows') }, target, rate: 0.5 });
  const before = graph.start['pare.parameters'];
  const after = trainer.state.vectors['pare.parameters'];
  expect(after.slice(0, 20)).toEqual(before.slice(0, 20));
  expect(after.slice(20)).not.toEqual(before.slice(20));
  await trainer.close();
});

test('a frozen recurrent layer lets gradients through and keeps its weights', async () => {
  const b = new GraphBuilder();
  const x = b.input('x', [3, 'N', 4]);
  const wide = b.node('MatMul', [x, b.weights('w', [4, 4])]);
  const lstm = b.node('LSTM', [wide, b.weights('lw', [1, 20, 4]), b.weights('lr', [1, 20, 5])], {
    attributes: { hidden_size: 5 },
  });
  const flat = b.node('Reshape', [
    b.node('Transpose', [lstm], { attributes: { perm: [2, 0, 1, 3] } }),
    b.constant('to', int64([0, -1])),
  ]);
  const model = b.model(18, flat);
  const frozen = new Set([...model.graph.nodes].filter(({ opType }) => opType === 'LSTM'));
  const { inputs } = model.graph;
  inputs[0].type = { kind: 'tensor', dtype: 'float', shape: [3, 2, 4] };
  const graph = await stepGraph(model, {
    batch: 2,
    loss: losses.mse,
    lossOptions: {},
    optimizer: optimizers.sgd,
    optimizerOptions: optimizers.sgd.options.parse({}),
    frozen,
  });
  expect(graph.parameters.entries.map(({ name }) => name)).toEqual(['w']);
});

test('several steps in one call end in the same bits as one by one', async () => {
  const graph = await stepGraph(convNet(), {
    batch: 4,
    loss: losses['cross-entropy'],
    lossOptions: losses['cross-entropy'].options.parse({}),
    optimizer: optimizers.adam,
    optimizerOptions: optimizers.adam.options.parse({}),
    accumulate: 2,
    average: 0.9,
  });
  const steps = Array.from({ length: 5 }, (_, i) => ({
    inputs: { x: f32([4, 3, 8, 8], `images ${i}`) },
    target: int64([0, 1, 2, 3]),
    rate: 0.01 * (i + 1),
  }));
  const [single, several] = [await Trainer.open(graph, runner), await Trainer.open(graph, runner)];
  const wanted: number[] = [];
  for (const step of steps) wanted.push(await single.run(step));
  const found = [...(await several.runAll(steps.slice(0, 3))), ...(await several.runAll(steps.slice(3)))];
  expect(found).toEqual(wanted);
  expect(several.state).toEqual(single.state);
  await Promise.all([single.close(), several.close()]);
});

test('of several steps that break down the feeds of the step that did are known', async () => {
  const graph = await stepGraph(convNet(), {
    batch: 4,
    loss: losses['cross-entropy'],
    lossOptions: losses['cross-entropy'].options.parse({}),
    optimizer: optimizers.sgd,
    optimizerOptions: optimizers.sgd.options.parse({}),
  });
  const shown = (value: number) => ({
    inputs: { x: floats([4, 3, 8, 8], new Array(768).fill(value)) },
    target: int64([0, 1, 2, 3]),
    rate: 0.1,
  });
  const trainer = await Trainer.open(graph, runner);
  const found = await trainer.runAll([shown(0), shown(1), shown(Number.NaN), shown(0)]);
  expect(found.map(Number.isFinite)).toEqual([true, true, false]);
  expect(trainer.lastFeeds.map(({ x }) => x.data[0])).toEqual([1, Number.NaN]);
  await trainer.close();
});

test('Dropout may stand in front of Dropout, a recurrence and a depthwise convolution', async () => {
  const b = new GraphBuilder();
  const drop = (x: Parameters<typeof b.node>[1][number]) => b.node('Dropout', [x]);
  const x = b.input('x', ['N', 4, 3, 5]);
  const conv = b.node('Conv', [drop(drop(x)), b.weights('w', [4, 1, 1, 1])], { attributes: { group: 4 } });
  const rows = b.node('Reshape', [conv, int64Constant(b, [4, -1, 15])]);
  const weights = [b.weights('lstm.w', [1, 12, 15]), b.weights('lstm.r', [1, 12, 3])];
  const state = b.nodeOf('LSTM', [drop(rows), ...weights], {
    attributes: { hidden_size: 3 },
    outputs: ['', 'h'],
  }).outputs[1]!;
  const model = b.model(18, b.node('Squeeze', [state, int64Constant(b, [0])]));
  const { 'cross-entropy': loss } = losses;
  const graph = await stepGraph(model, {
    batch: 16,
    loss,
    lossOptions: loss.options.parse({}),
    optimizer: optimizers.sgd,
    optimizerOptions: optimizers.sgd.options.parse({}),
  });
  expect(graph.noise).toBe(3 * 16 * 60);
  const trainer = await Trainer.open(graph, runner);
  const noise = Float32Array.from({ length: graph.noise }, (_, i) => (i % 7) / 7);
  const target = int64(Array.from({ length: 16 }, (_, i) => i % 3));
  const found = await trainer.run({ inputs: { x: f32([16, 4, 3, 5], 'x') }, target, rate: 0.1, noise });
  expect(found).toBeGreaterThan(0);
  await trainer.close();
});
