/**
 * Makes steps of pare's Trainer as lines on stdin ask for them; bench/peers/train_step.py does the same with PyTorch.
 *
 *     npx unrun bench/training/pare-steps.ts FOLDER
 *
 * FOLDER/request.json says what is trained. Writes FOLDER/parameters.json (name, shape, offset of each) and `.f32` with the
 * first parameters, and FOLDER/data.f32 and labels.json with the batches; then prints a line. Each line on stdin, a number of
 * steps, is answered by one JSON line: milliseconds and loss of each.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { losses } from '../../src/autodiff/losses/index.generated.ts';
import { optimizers } from '../../src/autodiff/optimizers/index.generated.ts';
import { Rng } from '../../src/base/rng.ts';
import type { Tensor } from '../../src/base/tensor.ts';
import { blockSize } from '../../src/blocked/block-size.ts';
import { zoo } from '../../src/nn/zoo/index.generated.ts';
import { ortNode } from '../../src/runtime/ort-node.ts';
import { stepGraph } from '../../src/train/step-graph.ts';
import { stepNames } from '../../src/train/step-names.ts';
import { Trainer } from '../../src/train/trainer.ts';

interface Request {
  readonly zoo: keyof typeof zoo;
  readonly options?: Record<string, unknown>;
  readonly batch: number;
  readonly shape: readonly number[];
  readonly threads: number;
  readonly rate: number;
  readonly momentum: number;
  readonly batches: number;
  readonly seed: number;
  /** Whether processor time is counted, of all threads, instead of time on the wall. */
  readonly countsProcessor: boolean;
  /** Whether the step runs on the engine's kernels for blocks of channels. */
  readonly isBlocked: boolean;
}

const folder = process.argv.at(-1)!;
const request: Request = JSON.parse(readFileSync(join(folder, 'request.json'), 'utf8'));

/** All batches, one behind the other. */
function drawData({ batch, shape, batches, seed }: Request, classes: number) {
  const rng = new Rng(seed + 1);
  const length = shape.reduce((product, n) => product * n, batch);
  const data = Float32Array.from({ length: length * batches }, () => rng.normal());
  const labels = Array.from({ length: batch * batches }, () => Math.floor(rng.uniform() * classes));
  return { length, data, labels };
}

async function openTrainer() {
  const { batch, threads, momentum, seed } = request;
  const net = zoo[request.zoo];
  // Each net's own options parse the request's.
  const model = net.build(net.options.parse(request.options ?? {}) as never, seed);
  const { 'cross-entropy': loss } = losses;
  const runner = await ortNode();
  const graph = await stepGraph(model, {
    block: request.isBlocked ? await blockSize(runner) : undefined,
    batch,
    loss,
    lossOptions: loss.options.parse({}),
    optimizer: optimizers.sgd,
    optimizerOptions: optimizers.sgd.options.parse({ momentum }),
  });
  const trainer = await Trainer.open(graph, runner, { threads });
  return { trainer, graph, input: model.graph.inputs[0].name };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

const { trainer, graph, input } = await openTrainer();
const { length, data, labels } = drawData(request, graph.prediction.shape[1]);
writeFileSync(join(folder, 'parameters.json'), JSON.stringify(graph.parameters.entries));
writeFileSync(join(folder, 'parameters.f32'), bytesOf(graph.start[stepNames.parameters]));
writeFileSync(join(folder, 'data.f32'), bytesOf(data));
writeFileSync(join(folder, 'labels.json'), JSON.stringify(labels));
const targets = BigInt64Array.from(labels, BigInt);

/** Milliseconds since some moment. */
function clock(): number {
  if (!request.countsProcessor) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

let made = 0;
async function makeStep(): Promise<{ ms: number; loss: number }> {
  const { batch, shape, batches, rate } = request;
  const at = made++ % batches;
  const started = clock();
  const image: Tensor = {
    dtype: 'float',
    shape: [batch, ...shape],
    data: data.subarray(at * length, (at + 1) * length),
  };
  const target: Tensor = {
    dtype: 'int64',
    shape: [batch],
    data: targets.subarray(at * batch, (at + 1) * batch),
  };
  const loss = await trainer.run({ inputs: { [input]: image }, target, rate });
  return { ms: clock() - started, loss };
}

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const steps = [];
  for (let i = 0; i < Number(line); i++) steps.push(await makeStep());
  console.log(JSON.stringify({ ms: steps.map(({ ms }) => ms), losses: steps.map(({ loss }) => loss) }));
}
await trainer.close();
