import { expect, test } from 'vitest';
import { losses } from '../../src/autodiff/losses/index.generated.ts';
import { optimizers } from '../../src/autodiff/optimizers/index.generated.ts';
import { Rng } from '../../src/base/rng.ts';
import type { Tensor } from '../../src/base/tensor.ts';
import { blockSize } from '../../src/blocked/block-size.ts';
import { zoo } from '../../src/nn/zoo/index.generated.ts';
import type { Model } from '../../src/onnx/ir/model.ts';
import { modelToBytes } from '../../src/onnx/write/write-model.ts';
import { ortNode } from '../../src/runtime/ort-node.ts';
import { GraphBuilder } from '../../src/testing/build-graph.ts';
import { memoryDataset } from '../../src/testing/memory-dataset.ts';
import type { CheckpointStore } from '../../src/train/checkpoint.ts';
import { trainOptions } from '../../src/train/options.ts';
import { parallelSession } from '../../src/train/parallel-session.ts';
import { wholeStep } from '../../src/train/split-step.ts';
import { type StepGraph, stepGraph } from '../../src/train/step-graph.ts';
import { train } from '../../src/train/train.ts';
import { type StepInputs, Trainer } from '../../src/train/trainer.ts';
import { engineProgram } from './engine-program.ts';

const runner = await ortNode({ engineProgram: engineProgram() });
const SHARES = 2;

interface Setting {
  readonly model: Model;
  readonly block?: number | undefined;
  readonly accumulate?: number;
}

function graphOf({ model, block, accumulate }: Setting, batch: number): Promise<StepGraph> {
  return stepGraph(model, {
    batch,
    block,
    accumulate,
    loss: losses['cross-entropy'],
    lossOptions: losses['cross-entropy'].options.parse({}),
    optimizer: optimizers.adamw,
    optimizerOptions: optimizers.adamw.options.parse({}),
    clipNorm: 0.5,
    average: 0.9,
  });
}

/** Trainers of the same steps, of one engine and of two. */
async function pair(setting: Setting, batch: number) {
  const share = await graphOf(setting, batch / SHARES);
  const session = await parallelSession(share, SHARES, { runner, threads: 1 });
  const parallel = await Trainer.open(wholeStep(share, SHARES), runner, { session });
  return { one: await Trainer.open(await graphOf(setting, batch), runner), parallel };
}

function draw(rng: Rng, shape: readonly number[]): StepInputs {
  const [batch] = shape;
  const length = shape.reduce((product, n) => product * n, 1);
  const image: Tensor = { dtype: 'float', shape, data: Float32Array.from({ length }, () => rng.normal()) };
  const classes = BigInt64Array.from({ length: batch }, () => BigInt(rng.below(10)));
  return {
    inputs: { [INPUT]: image },
    target: { dtype: 'int64', shape: [batch], data: classes },
    rate: 0.01,
  };
}

const INPUT = 'input';

function distance(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]) ** 2, 0) / b.reduce((sum, x) => sum + x * x, 0));
}

test.each([1, 3])(
  'shares without statistics do what one engine does (accumulating %d)',
  async (accumulate) => {
    const model = zoo['two-conv'].build({ classes: 10 }, 1);
    const { one, parallel } = await pair({ model, accumulate, block: await blockSize(runner) }, 32);
    const rng = new Rng(4);
    for (let i = 0; i < 7; i++) {
      const step = draw(rng, [32, 1, 28, 28]);
      const [a, b] = [await one.run(step), await parallel.run(step)];
      expect(Math.abs(a / b - 1)).toBeLessThan(1e-5);
    }
    const moved = (trainer: Trainer, name: string) =>
      trainer.state.vectors[name].map((x, i) => x - trainer.graph.start[name][i]);
    for (const name of Object.keys(one.state.vectors))
      expect(distance(moved(parallel, name), moved(one, name)), name).toBeLessThan(2e-3);
    await one.close();
    await parallel.close();
  },
);

test('running statistics are the mean of those of the shares', async () => {
  const model = zoo['ds-cnn'].build(zoo['ds-cnn'].options.parse({ channels: 16 }), 1);
  const { one, parallel } = await pair({ model }, 16);
  const share = await Trainer.open(await graphOf({ model }, 8), runner);
  const start = share.state;
  const step = draw(new Rng(5), [16, 1, 49, 10]);
  const found: Float32Array[] = [];
  for (const half of [0, 1]) {
    const own = await Trainer.open(share.graph, runner, { state: start });
    await own.run(halfOf(step, half));
    found.push(own.state.vectors['pare.buffers']);
    await own.close();
  }
  await parallel.run(step);
  const mean = found[0].map((x, i) => (x + found[1][i]) / 2);
  expect(distance(parallel.state.vectors['pare.buffers'], mean)).toBeLessThan(1e-6);
  await one.run(step);
  // Not those of the whole batch: their variances are other ones.
  expect(distance(parallel.state.vectors['pare.buffers'], one.state.vectors['pare.buffers'])).toBeGreaterThan(
    1e-6,
  );
  for (const trainer of [one, parallel, share]) await trainer.close();
});

function halfOf({ inputs, target, rate }: StepInputs, half: number): StepInputs {
  const part = ({ dtype, shape, data }: Tensor): Tensor => {
    const length = data.length / 2;
    return {
      dtype,
      shape: [shape[0] / 2, ...shape.slice(1)],
      data: data.slice(half * length, (half + 1) * length),
    };
  };
  return { inputs: { [INPUT]: part(inputs[INPUT]) }, target: part(target), rate };
}

const rows = Array.from({ length: 64 }, (_, i) => [Math.sin(i), Math.cos(i * 3), i / 64, (i % 7) / 7]);
const data = memoryDataset(rows, { labels: rows.map(([x]) => (x > 0 ? 1 : 0)) });
const options = trainOptions.parse({ epochs: 4, batch: 16, validation: 0, dataParallel: 2 });

function denseNet(): Model {
  const b = new GraphBuilder();
  const hidden = b.node('Relu', [b.node('MatMul', [b.input('x', ['N', 4]), b.weights('w1', [4, 8])])]);
  return b.model(18, b.node('MatMul', [b.node('Dropout', [hidden]), b.weights('w2', [8, 2])]));
}

function memoryStore() {
  const kept = new Map<string, Uint8Array>();
  const store: CheckpointStore = {
    read: async (name) => kept.get(name),
    write: async (name, bytes) => {
      kept.set(name, bytes);
    },
  };
  return store;
}

test('a training that was interrupted goes on to the same bytes', async () => {
  const context = { runner, data, seed: 3, threads: 1 };
  const whole = await train(denseNet(), options, context);
  const checkpoints = memoryStore();
  const stop = new AbortController();
  const cut = train(denseNet(), options, {
    ...context,
    checkpoints,
    signal: stop.signal,
    onEpoch: ({ epoch }) => {
      if (epoch === 2) stop.abort();
    },
  });
  await expect(cut).rejects.toThrow('aborted');
  const rest = await train(denseNet(), options, { ...context, checkpoints });
  expect(rest.history.epochs).toEqual(whole.history.epochs);
  expect(await modelToBytes(rest.model)).toEqual(await modelToBytes(whole.model));
});

test('where it breaks down the layer is named, whichever share that was', async () => {
  const broken = memoryDataset(
    rows.map((row, i) => (i === 40 ? [Number.NaN, 0, 0, 0] : row)),
    { labels: rows.map(() => 1) },
  );
  const context = { runner, data: broken, seed: 3, threads: 1 };
  const error = (dataParallel: number) =>
    train(denseNet(), { ...options, dataParallel }, context).catch((thrown: unknown) => thrown);
  const found = await error(2);
  expect(found).toMatchObject({ code: 'training-diverged' });
  expect(String(found)).toContain('holds NaN in "x"');
  expect(String(found)).toBe(String(await error(1)));
});

test('a batch that is not even, and an engine without processes, are refused', async () => {
  const odd = { ...options, batch: 15 };
  const context = { runner, data, seed: 3, threads: 1 };
  await expect(train(denseNet(), odd, context)).rejects.toMatchObject({ code: 'batch-not-shared' });
  const { apart: _, ...alone } = runner;
  const run = train(denseNet(), options, { ...context, runner: alone });
  await expect(run).rejects.toMatchObject({ code: 'processes-missing' });
});
