import { describe, expect, test } from 'vitest';
import { modelToBytes } from '../../onnx/write/write-model.ts';
import { GraphWriter } from '../../ops/graph-writer.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { GraphBuilder } from '../../testing/build-graph.ts';
import { f32, floats } from '../../testing/tensors.ts';
import type { Optimizer } from '../optimizer.ts';
import { optimizers } from './index.generated.ts';

const runner = await ortNode();
const LENGTH = 5;
const start = Array.from(f32([LENGTH], 'start').data);
const targets = Array.from(f32([LENGTH], 'targets').data);

/** Five steps on Σ ½·cᵢ·(pᵢ − tᵢ)², c = 1 … 5, whose gradient is known; parameters after each. */
async function trajectory(optimizer: Optimizer, given: object, rate = 0.1): Promise<number[][]> {
  const options = optimizer.options.parse(given);
  const names = optimizer.state(options);
  const b = new GraphBuilder();
  const write = new GraphWriter(b.graph);
  const inputs = {
    write,
    parameters: b.input('p', [LENGTH]),
    gradient: b.input('g', [LENGTH]),
    state: names.map((name) => b.input(name, [LENGTH])),
    rate: b.input('rate', []),
    step: b.input('step', []),
    lengths: [2, 3],
  };
  const { parameters, state } = optimizer.build(inputs, options);
  expect(state).toHaveLength(names.length);
  const session = await runner.load(await modelToBytes(b.model(18, parameters, ...state)));
  let p = floats([LENGTH], start);
  let held = names.map(() => floats([LENGTH], new Array(LENGTH).fill(0)));
  const path: number[][] = [];
  for (let step = 1; step <= 5; step++) {
    const g = floats(
      [LENGTH],
      Array.from(p.data, (x, i) => (i + 1) * (x - targets[i])),
    );
    const feeds = { p, g, rate: floats([], [rate]), step: floats([], [step]) };
    const own = Object.fromEntries(names.map((name, i) => [name, held[i]]));
    const results = await session.run({ ...feeds, ...own });
    p = floats([LENGTH], Array.from(results[parameters.name].data, Number));
    held = state.map((value) => floats([LENGTH], Array.from(results[value.name].data, Number)));
    path.push(Array.from(p.data));
  }
  await session.close();
  return path;
}

type Rule = (p: number[], g: number[], step: number) => number[];

/** The same five steps in float64. */
function expected(rule: Rule): number[][] {
  let p = start;
  return [1, 2, 3, 4, 5].map((step) => {
    const g = p.map((x, i) => (i + 1) * (x - targets[i]));
    p = rule(p, g, step);
    return p;
  });
}

function expectPath(got: number[][], wanted: number[][]): void {
  for (const [i, point] of wanted.entries())
    for (const [j, x] of point.entries()) expect(got[i][j]).toBeCloseTo(x, 5);
}

function adamRule(decay: { coupled?: number; decoupled?: number }): Rule {
  const [m, v] = [new Array(LENGTH).fill(0), new Array(LENGTH).fill(0)];
  return (p, g, step) =>
    p.map((x, i) => {
      const slope = g[i] + (decay.coupled ?? 0) * x;
      m[i] = 0.9 * m[i] + 0.1 * slope;
      v[i] = 0.999 * v[i] + 0.001 * slope * slope;
      const direction = m[i] / (1 - 0.9 ** step) / (Math.sqrt(v[i] / (1 - 0.999 ** step)) + 1e-8);
      return x - 0.1 * (direction + (decay.decoupled ?? 0) * x);
    });
}

describe('paths against float64', () => {
  test('sgd without momentum', async () =>
    expectPath(
      await trajectory(optimizers.sgd, { momentum: 0, weightDecay: 0.1 }),
      expected((p, g) => p.map((x, i) => x - 0.1 * (g[i] + 0.1 * x))),
    ));

  test.each([false, true])('sgd with momentum, nesterov %s', async (nesterov) => {
    const m = new Array(LENGTH).fill(0);
    expectPath(
      await trajectory(optimizers.sgd, { nesterov, weightDecay: 0.1, decoupled: true }),
      expected((p, g) =>
        p.map((x, i) => {
          m[i] = 0.9 * m[i] + g[i];
          return x - 0.1 * ((nesterov ? g[i] + 0.9 * m[i] : m[i]) + 0.1 * x);
        }),
      ),
    );
  });

  test('adam', async () =>
    expectPath(
      await trajectory(optimizers.adam, { weightDecay: 0.2 }),
      expected(adamRule({ coupled: 0.2 })),
    ));

  test('adamw', async () =>
    expectPath(
      await trajectory(optimizers.adamw, { weightDecay: 0.2 }),
      expected(adamRule({ decoupled: 0.2 })),
    ));

  test('rmsprop', async () => {
    const [v, m] = [new Array(LENGTH).fill(0), new Array(LENGTH).fill(0)];
    expectPath(
      await trajectory(optimizers.rmsprop, { momentum: 0.5 }, 0.01),
      expected((p, g) =>
        p.map((x, i) => {
          v[i] = 0.99 * v[i] + 0.01 * g[i] * g[i];
          m[i] = 0.5 * m[i] + g[i] / (Math.sqrt(v[i]) + 1e-8);
          return x - 0.01 * m[i];
        }),
      ),
    );
  });

  test('lamb moves each tensor by the rate times its own length', async () => {
    const [first] = await trajectory(optimizers.lamb, { weightDecay: 0 });
    for (const [from, to] of [
      [0, 2],
      [2, 5],
    ]) {
      const norm = (x: readonly number[]) => Math.hypot(...x.slice(from, to));
      expect(norm(first.map((x, i) => x - start[i]))).toBeCloseTo(0.1 * norm(start), 5);
    }
  });
});

describe.each(Object.entries<Optimizer>(optimizers))('%s', (_, optimizer) => {
  test('lessens the loss', async () => {
    const loss = (p: readonly number[]) => p.reduce((sum, x, i) => sum + (i + 1) * (x - targets[i]) ** 2, 0);
    const path = await trajectory(optimizer, {}, 0.02);
    expect(loss(path[4])).toBeLessThan(loss(start));
  });
});
