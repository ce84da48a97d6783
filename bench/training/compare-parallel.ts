/**
 * Times steps of one engine with two threads against the same shared out between two processes, on blocks of channels, in
 * turn; prints one line of JSON: milliseconds of each, and ratios, by round.
 *
 *     npx unrun bench/training/compare-parallel.ts '{"zoo": "ds-cnn", "batch": 32, "shape": [1, 49, 10], "steps": 24}' ENGINE
 *
 * ENGINE: the built engine-process.mjs.
 */
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { losses } from '../../src/autodiff/losses/index.generated.ts';
import { optimizers } from '../../src/autodiff/optimizers/index.generated.ts';
import { Rng } from '../../src/base/rng.ts';
import { blockSize } from '../../src/blocked/block-size.ts';
import { zoo } from '../../src/nn/zoo/index.generated.ts';
import { ortNode } from '../../src/runtime/ort-node.ts';
import { parallelSession } from '../../src/train/parallel-session.ts';
import { wholeStep } from '../../src/train/split-step.ts';
import { stepGraph } from '../../src/train/step-graph.ts';
import { type StepInputs, Trainer } from '../../src/train/trainer.ts';

interface Request {
  readonly zoo: keyof typeof zoo;
  readonly options?: Record<string, unknown>;
  readonly batch: number;
  readonly shape: readonly number[];
  readonly steps: number;
}

const [THREADS, SHARES, ROUNDS, WARM_UP, PAUSE_MS] = [2, 2, 9, 3, 250];
const [text, engine] = process.argv.slice(-2);
const { batch, shape, steps, ...request }: Request = JSON.parse(text);
const runner = await ortNode({ engineProgram: pathToFileURL(engine) });
const net = zoo[request.zoo];
// Each net's own options parse the request's.
const model = net.build(net.options.parse(request.options ?? {}) as never, 1);
const { 'cross-entropy': loss } = losses;
const [input] = model.graph.inputs;

async function graphOf(samples: number) {
  return stepGraph(model, {
    batch: samples,
    loss,
    lossOptions: loss.options.parse({}),
    optimizer: optimizers.sgd,
    optimizerOptions: optimizers.sgd.options.parse({ momentum: 0.9 }),
    block: await blockSize(runner),
  });
}

const share = await graphOf(batch / SHARES);
const session = await parallelSession(share, SHARES, { runner, threads: THREADS });
const trainers = {
  one: await Trainer.open(await graphOf(batch), runner, { threads: THREADS }),
  parallel: await Trainer.open(wholeStep(share, SHARES), runner, { session }),
};

const rng = new Rng(3);
const length = shape.reduce((product, n) => product * n, batch);
const step: StepInputs = {
  inputs: {
    [input.name]: {
      dtype: 'float',
      shape: [batch, ...shape],
      data: Float32Array.from({ length }, () => rng.normal()),
    },
  },
  target: {
    dtype: 'int64',
    shape: [batch],
    data: BigInt64Array.from({ length: batch }, () => BigInt(rng.below(10))),
  },
  rate: 0.001,
};

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];

async function block(trainer: Trainer): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + steps; i++) {
    const started = performance.now();
    await trainer.run(step);
    times.push(performance.now() - started);
  }
  await setTimeout(PAUSE_MS);
  return median(times.slice(WARM_UP));
}

const rounds: { one: number; parallel: number }[] = [];
for (let round = 0; round < ROUNDS; round++)
  rounds.push({ one: await block(trainers.one), parallel: await block(trainers.parallel) });
console.log(
  JSON.stringify({
    one: median(rounds.map(({ one }) => one)),
    parallel: median(rounds.map(({ parallel }) => parallel)),
    ratios: rounds.map(({ one, parallel }) => parallel / one).toSorted((a, b) => a - b),
  }),
);
for (const trainer of Object.values(trainers)) await trainer.close();
