import { expect, test } from 'vitest';
import type { Tensor } from '../../base/tensor.ts';
import type { Model } from '../../onnx/ir/model.ts';
import { modelToBytes } from '../../onnx/write/write-model.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { GraphBuilder } from '../../testing/build-graph.ts';
import { memoryDataset } from '../../testing/memory-dataset.ts';
import { sqnrOf } from '../../testing/sqnr-of.ts';
import { f32 } from '../../testing/tensors.ts';
import { quantizeOptions } from '../options.ts';
import { quantize } from '../quantize.ts';

const runner = await ortNode();
const WIDTH = 24;

/** Inputs depend on one another, as those of nets do. */
const samples = Array.from({ length: 240 }, (_, i) => {
  const [own, shared] = [f32([WIDTH], `own ${i}`).data, f32([2], `shared ${i}`).data];
  return Array.from(own, (x, k) => 0.4 * x + shared[k % 2] + 0.5);
});
const data = memoryDataset(samples.slice(0, 200));

function dense(): Model {
  const b = new GraphBuilder();
  let x = b.input('x', ['N', WIDTH]);
  for (const layer of [1, 2, 3]) {
    const weight = b.constant(`w${layer}`, f32([WIDTH, WIDTH], `w${layer}`, 0.3));
    x = b.node('Relu', [b.node('Gemm', [x, weight, b.weights(`b${layer}`, [WIDTH])])]);
  }
  return b.model(18, x);
}

async function outputsOf(model: Model): Promise<Record<string, Tensor>> {
  const session = await runner.load(await modelToBytes(model));
  const rows = samples.slice(200);
  const x = { dtype: 'float', shape: [rows.length, WIDTH], data: Float32Array.from(rows.flat()) } as const;
  const [y] = Object.values(await session.run({ x }));
  await session.close();
  return { y };
}

async function sqnr(settings: Record<string, unknown>): Promise<number> {
  const options = quantizeOptions.parse({ mode: 'weights', samples: 200, ...settings });
  const context = { runner, architecture: 'x64', data, seed: 1, threads: 1 };
  const { model } = await quantize(dense(), options, context);
  return sqnrOf(await outputsOf(dense()), await outputsOf(model));
}

test.each([
  ['int3', 'channel'],
  ['int4', 'channel'],
  ['uint3', 'block:8'],
  ['codebook:entries=6', 'channel'],
  ['power-of-two', 'channel'],
])(
  '%s codes chosen layer by layer are closer on samples they did not see: %s',
  async (weights, granularity) => {
    const [plain, gptq, descent] = [
      await sqnr({ weights, granularity }),
      await sqnr({ weights, granularity, method: 'gptq' }),
      await sqnr({ weights, granularity, method: 'coordinate-descent' }),
    ];
    expect(gptq).toBeGreaterThan(plain + 2);
    expect(descent).toBeGreaterThan(plain + 2);
  },
);

test.each(['block:16', 'block:32'])(
  'chosen codes are the same in MatMulNBits and at rest: %s',
  async (granularity) => {
    const settings = { weights: 'int4', granularity, method: 'gptq' };
    const [rest, kernels] = [
      await sqnr({ ...settings, blockKernels: 'never' }),
      await sqnr({ ...settings, blockKernels: 'always', accuracyLevel: 1 }),
    ];
    expect(Math.abs(kernels - rest)).toBeLessThan(0.3);
  },
);

test('a recurrent layer without its first output has no bias to be shifted', async () => {
  const b = new GraphBuilder();
  const inputs = [
    b.input('x', [5, 1, 16]),
    b.constant('w', f32([1, 64, 16], 'w')),
    b.constant('r', f32([1, 64, 16], 'r')),
  ];
  const attributes = { hidden_size: 16 };
  const lstm = b.node('LSTM', inputs, { attributes, outputs: ['steps', 'state'] }).producer!;
  const state = lstm.outputs[1]!;
  lstm.setOutputs([undefined, state]);
  const model = b.model(18, state);
  const sequences = f32([20, 5, 1, 16], 'sequences').data;
  const rows = Array.from({ length: 20 }, (_, i) => Array.from(sequences.subarray(i * 80, (i + 1) * 80)));
  const source = memoryDataset(rows);
  const shaped = {
    ...source,
    async *batches(options: Parameters<typeof source.batches>[0]) {
      for await (const batch of source.batches({ ...options, batchSize: 1 }))
        yield { ...batch, inputs: { x: { ...batch.inputs.x, shape: [5, 1, 16] } } };
    },
  };
  const options = quantizeOptions.parse({ mode: 'weights', weights: 'int4', method: 'gptq', samples: 20 });
  const context = { runner, architecture: 'x64', data: shaped, seed: 1, threads: 1 };
  const { layers } = await quantize(model, options, context);
  expect(layers.map(({ state: kept }) => kept)).toEqual(['stored']);
});

test('without samples a method that wants them is refused', async () => {
  const options = quantizeOptions.parse({ mode: 'weights', weights: 'int3', method: 'gptq' });
  const run = quantize(dense(), options, { runner, architecture: 'x64', seed: 1, threads: 1 });
  await expect(run).rejects.toMatchObject({ code: 'method-wants-data', isUsage: true });
});

test.each([
  ['float16', 'gptq', 'it has no scale to be found'],
  ['codebook', 'mse', 'its levels are the weights themselves, without a scale'],
  ['int3', 'k-means', 'its levels are fixed'],
  ['int3', 'mse,nearest', 'another one of its kind is there already'],
])('%s weights by %s are refused: %s', async (weights, method, reason) => {
  const options = quantizeOptions.parse({ mode: 'weights', weights, method });
  const run = quantize(dense(), options, { runner, architecture: 'x64', data, seed: 1, threads: 1 });
  await expect(run).rejects.toMatchObject({ code: 'method-not-of-format' });
  await expect(run).rejects.toThrow(reason);
});
