import { describe, expect, test } from 'vitest';
import { losses } from '../autodiff/losses/index.generated.ts';
import { optimizers } from '../autodiff/optimizers/index.generated.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { f32, floats } from '../testing/tensors.ts';
import { type StepGraph, type StepGraphOptions, stepGraph } from './step-graph.ts';
import { traceNotFinite } from './trace-not-finite.ts';
import { Trainer } from './trainer.ts';

const runner = await ortNode();
const BATCH = 4;

/** A net of an input [4, 3] whose dense layers have 3 places, with what `build` puts between or around them. */
function net(build: (b: GraphBuilder, x: Value, dense: (x: Value, name: string) => Value) => Value): Model {
  const b = new GraphBuilder();
  const dense = (x: Value, name: string) =>
    b.node('MatMul', [x, b.weights(`${name}.w`, [3, 3])], { name, outputs: [`${name}_out`] });
  return b.model(18, build(b, b.input('x', ['N', 3]), dense));
}

function made(model: Model, options: Partial<StepGraphOptions> = {}): Promise<StepGraph> {
  return stepGraph<unknown, unknown>(model, {
    batch: BATCH,
    loss: losses.mse,
    lossOptions: losses.mse.options.parse({}),
    optimizer: optimizers.sgd,
    optimizerOptions: optimizers.sgd.options.parse({}),
    ...options,
  });
}

interface Step {
  x?: Tensor;
  target?: Tensor;
  rate?: number;
}

/** Runs steps until one is not finite in its loss or parameters; traces that one. */
async function traced(graph: StepGraph, { x, target, rate = 0.1 }: Step = {}, steps = 1) {
  const trainer = await Trainer.open(graph, runner);
  const inputs = {
    inputs: { x: x ?? f32([BATCH, 3], 'x') },
    target: target ?? f32([BATCH, 3], 'target'),
    rate,
  };
  for (let step = 0; step < steps; step++) {
    const feeds = trainer.feeds(inputs);
    const loss = await trainer.run(inputs);
    const [parameters] = Object.values(trainer.state.vectors);
    const isGood = Number.isFinite(loss) && parameters.every(Number.isFinite);
    if (isGood && step < steps - 1) continue;
    await trainer.close();
    return { loss, origin: await traceNotFinite(graph, feeds, runner) };
  }
  throw new Error('no step was made');
}

describe('what went wrong', () => {
  test('nothing', async () => {
    const graph = await made(net((_, x, dense) => dense(x, 'fc')));
    expect((await traced(graph)).origin).toBeUndefined();
  });

  test('the logarithm of a negative number, not what reads it', async () => {
    const graph = await made(
      net((b, x, dense) => dense(b.node('Log', [dense(x, 'fc1')], { name: 'log' }), 'fc2')),
    );
    const { loss, origin } = await traced(graph);
    expect(loss).toBeNaN();
    expect(origin).toMatchObject({
      kind: 'node',
      node: 'log',
      opType: 'Log',
      value: 'log',
      hasNaN: true,
      phase: 'forward',
      layer: { name: 'log', opType: 'Log' },
    });
  });

  test('a division by zero', async () => {
    const graph = await made(
      net((b, x, dense) => dense(b.node('Div', [dense(x, 'fc1'), x], { name: 'ratio' }), 'fc2')),
    );
    const data = f32([BATCH, 3], 'x');
    data.data[4] = 0;
    const { origin } = await traced(graph, { x: data });
    expect(origin).toMatchObject({ node: 'ratio', opType: 'Div', hasNaN: false, phase: 'forward' });
  });

  test('a rate that makes the run explode: the layer that overflows, and how large what it read was', async () => {
    const graph = await made(net((_, x, dense) => dense(dense(x, 'fc1'), 'fc2')));
    const { loss, origin } = await traced(graph, { rate: 1e4 }, 50);
    expect(loss).not.toSatisfy(Number.isFinite);
    expect(origin).toMatchObject({ kind: 'node', phase: 'forward' });
    expect(origin?.kind === 'node' && origin.largestInput).toBeGreaterThan(1e12);
    expect(origin?.kind === 'node' && origin.layer.name).toMatch(/^fc[12]$/);
  });

  test('the slope of a root at 0, in the backward pass', async () => {
    const graph = await made(
      net((b, x, dense) => {
        const squares = b.node('Relu', [dense(x, 'fc1')], { name: 'relu' });
        return dense(b.node('Sqrt', [squares], { name: 'root' }), 'fc2');
      }),
    );
    const { loss, origin } = await traced(graph);
    expect(loss).toSatisfy(Number.isFinite);
    expect(origin).toMatchObject({
      kind: 'node',
      phase: 'backward',
      layer: { name: 'root', opType: 'Sqrt' },
    });
  });

  test('a gradient that overflows belongs to the layer whose input it is made of', async () => {
    const graph = await made(
      net((b, x, dense) => {
        const small = b.node('Mul', [dense(x, 'fc1'), b.constant('tiny', floats([], [1e-25]))], {
          name: 'shrink',
        });
        return b.node('Mul', [dense(small, 'fc2'), b.constant('huge', floats([], [1e25]))], { name: 'grow' });
      }),
    );
    const large = f32([BATCH, 3], 'target', 1e16);
    const { loss, origin } = await traced(graph, { target: large });
    expect(loss).toSatisfy(Number.isFinite);
    expect(origin).toMatchObject({ kind: 'node', phase: 'backward', layer: { name: 'grow', opType: 'Mul' } });
  });

  test('the gradient of weights, though an elementwise layer comes before', async () => {
    const graph = await made(
      net((b, x, dense) => {
        const input = b.node('Relu', [
          b.node('Mul', [dense(x, 'fc1'), b.constant('large', floats([], [1e20]))]),
        ]);
        const weights = b.constant('w', f32([3, 3], 'w', 1e-20));
        const product = b.node('MatMul', [input, weights], { name: 'fc2' });
        return b.node('Mul', [product, b.constant('huge', floats([], [1e20]))], { name: 'grow' });
      }),
      { loss: losses.mae, lossOptions: losses.mae.options.parse({}) },
    );
    const { loss, origin } = await traced(graph);
    expect(loss).toSatisfy(Number.isFinite);
    expect(origin).toMatchObject({
      kind: 'node',
      phase: 'backward',
      layer: { name: 'fc2', opType: 'MatMul' },
    });
    expect(origin?.kind === 'node' && origin.largestInput).toBeGreaterThan(1e18);
  });

  test('a variance that overflows, though the engine writes it over the running one', async () => {
    const graph = await made(
      net((b, x, dense) => {
        const large = b.node('Mul', [dense(x, 'fc'), b.constant('large', floats([], [1e25]))], {
          name: 'grow',
        });
        const vectors = ['scale', 'shift', 'mean', 'variance'].map((name) => b.weights(name, [3]));
        return b.node('BatchNormalization', [large, ...vectors], { name: 'norm' });
      }),
    );
    const { origin } = await traced(graph);
    expect(origin).toMatchObject({ node: 'norm', phase: 'forward', layer: { name: 'norm' } });
    expect(origin?.kind === 'node' && origin.largestInput).toBeGreaterThan(1e24);
  });

  test('an update that overflows', async () => {
    const graph = await made(net((_, x, dense) => dense(x, 'fc')));
    const { loss, origin } = await traced(graph, { rate: 3e38, target: f32([BATCH, 3], 't', 1e4) });
    expect(loss).toSatisfy(Number.isFinite);
    expect(origin).toMatchObject({ kind: 'node', phase: 'update', layer: { name: 'fc' } });
  });

  test('a mask of −∞ is meant; a row that is masked throughout is not', async () => {
    const model = net((b, x, dense) => {
      const mask = b.node('Greater', [x, b.constant('zero', floats([], [0]))]);
      const minusInfinity = b.constant('never', floats([], [Number.NEGATIVE_INFINITY]));
      const masked = b.node('Where', [mask, dense(x, 'fc'), minusInfinity], { name: 'mask' });
      return b.node('Softmax', [masked], { name: 'shares', attributes: { axis: 1 } });
    });
    const options = { loss: losses.mae, lossOptions: losses.mae.options.parse({}) };
    const graph = await made(model, options);
    const data = floats([BATCH, 3], [1, -1, 2, 1, 1, -1, -1, -1, 1, 1, 1, 1]);
    expect((await traced(graph, { x: data })).origin).toBeUndefined();
    data.data.fill(-1, 3, 6);
    expect((await traced(graph, { x: data })).origin).toMatchObject({ node: 'shares', hasNaN: true });
  });
});

describe('inputs that are not finite', () => {
  test('data, by row', async () => {
    const graph = await made(net((_, x, dense) => dense(x, 'fc')));
    const data = f32([BATCH, 3], 'x');
    data.data[7] = Number.NaN;
    const { origin } = await traced(graph, { x: data });
    expect(origin).toEqual({ kind: 'input', input: 'x', role: 'data', row: 2, number: Number.NaN });
  });

  test('targets', async () => {
    const graph = await made(net((_, x, dense) => dense(x, 'fc')));
    const target = f32([BATCH, 3], 'target');
    target.data[11] = Number.NEGATIVE_INFINITY;
    const { origin } = await traced(graph, { target });
    expect(origin).toMatchObject({ role: 'target', row: 3, number: Number.NEGATIVE_INFINITY });
  });

  test('parameters and states, by tensor, parameters first', async () => {
    const graph = await made(net((_, x, dense) => dense(dense(x, 'fc1'), 'fc2')));
    const names = graph.parameters.entries.map(({ name }) => name);
    expect(names).toEqual(['fc1.w', 'fc2.w']);
    const broken = Object.fromEntries(
      Object.entries(graph.start).map(([name, data]) => [
        name,
        data.map((x, i) => (i === 10 ? Number.NaN : x)),
      ]),
    );
    const { origin } = await traced({ ...graph, start: broken });
    expect(origin).toMatchObject({ role: 'parameters', input: 'pare.parameters', tensor: 'fc2.w' });
    const state = { ...broken, 'pare.parameters': graph.start['pare.parameters'] };
    const second = await traced({ ...graph, start: state });
    expect(second.origin).toMatchObject({ role: 'state', input: 'pare.state.momentum', tensor: 'fc2.w' });
  });
});
