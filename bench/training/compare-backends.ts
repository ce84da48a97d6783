/**
 * Makes the same steps on both back ends, standard operators and the engine's for blocks of channels, and prints one line of
 * JSON: how far their losses are apart at each step, relative; and those of standard operators from themselves where all first
 * weights are off by their last bit.
 *
 *     npx unrun bench/training/compare-backends.ts '{"zoo": "resnet-8", "batch": 32, "shape": [3, 32, 32]}' <steps> <rate>
 */
import { losses } from '../../src/autodiff/losses/index.generated.ts';
import { optimizers } from '../../src/autodiff/optimizers/index.generated.ts';
import { Rng } from '../../src/base/rng.ts';
import { blockSize } from '../../src/blocked/block-size.ts';
import { zoo } from '../../src/nn/zoo/index.generated.ts';
import { ortNode } from '../../src/runtime/ort-node.ts';
import { stepGraph } from '../../src/train/step-graph.ts';
import { stepNames } from '../../src/train/step-names.ts';
import { type StepInputs, Trainer } from '../../src/train/trainer.ts';

interface Request {
  readonly zoo: keyof typeof zoo;
  readonly options?: Record<string, unknown>;
  readonly batch: number;
  readonly shape: readonly number[];
}

const [text, stepsText, rateText] = process.argv.slice(-3);
const { batch, shape, ...request }: Request = JSON.parse(text);
const [steps, rate] = [Number(stepsText), Number(rateText)];
const runner = await ortNode();
const net = zoo[request.zoo];
// Each net's own options parse the request's.
const model = net.build(net.options.parse(request.options ?? {}) as never, 1);
const { 'cross-entropy': loss } = losses;
const [input] = model.graph.inputs;

async function open(block: number | undefined, isOff = false): Promise<Trainer> {
  const graph = await stepGraph(model, {
    batch,
    loss,
    lossOptions: loss.options.parse({}),
    optimizer: optimizers.sgd,
    optimizerOptions: optimizers.sgd.options.parse({ momentum: 0.9 }),
    block,
  });
  const own = graph.start[stepNames.parameters];
  const off = own.map((x, i) => x * (1 + (i % 2 === 0 ? 1 : -1) * 2 ** -23));
  const vectors = { ...graph.start, [stepNames.parameters]: isOff ? off : own };
  return Trainer.open(graph, runner, { threads: 2, state: { step: 0, vectors } });
}

/** Another batch each step; classes can be told by the mean of a part of the input. */
function drawStep(rng: Rng): StepInputs {
  const length = shape.reduce((product, n) => product * n, 1);
  const labels = Array.from({ length: batch }, () => rng.below(10));
  const data = new Float32Array(batch * length);
  for (const [sample, label] of labels.entries())
    for (let i = 0; i < length; i++)
      data[sample * length + i] = rng.normal() + (Math.floor((10 * i) / length) === label ? 1 : 0);
  return {
    inputs: { [input.name]: { dtype: 'float', shape: [batch, ...shape], data } },
    target: { dtype: 'int64', shape: [batch], data: BigInt64Array.from(labels, BigInt) },
    rate,
  };
}

const standard = await open(undefined);
const blocked = await open(await blockSize(runner));
const off = await open(undefined, true);
const rng = new Rng(9);
const apart: number[] = [];
const own: number[] = [];
let last = 0;
for (let i = 0; i < steps; i++) {
  const step = drawStep(rng);
  last = await standard.run(step);
  apart.push(Math.abs((await blocked.run(step)) / last - 1));
  own.push(Math.abs((await off.run(step)) / last - 1));
}
console.log(JSON.stringify({ apart, own, last }));
process.exit(0);
