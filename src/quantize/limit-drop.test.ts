import { describe, expect, it } from 'vitest';
import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import { datasetFromTensors } from '../data/dataset-from-tensors.ts';
import type { Value } from '../onnx/ir/value.ts';
import { readModel } from '../onnx/read/read-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { targets } from '../targets/index.generated.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { FakeSession } from '../testing/fake-session.ts';
import { int8 } from './formats/int8.ts';
import { uint8 } from './formats/uint8.ts';
import { limitDrop } from './limit-drop.ts';
import { observerOf } from './observer-of.ts';
import { type CalibrationRun, Quantizer } from './quantizer.ts';

const engine = await ortNode();
const SAMPLES = 400;
const CALIBRATED = 100;

/** A chain of Gemms; the harm each does when quantized is made up. */
const harm: Record<string, number> = { a: 1, b: 30, c: 0, d: 8, e: 3 };
const names = Object.keys(harm);

async function quantizer(): Promise<Quantizer> {
  const b = new GraphBuilder();
  let x: Value = b.input('x', ['n', 4]);
  for (const name of names)
    x = b.node('Gemm', [x, b.weights(name, [4, 4])], { name, outputs: [`${name}_out`] });
  const made = new Quantizer(b.model(13, x), {
    target: targets['x64-vnni'],
    activations: uint8,
    weights: int8,
    granularity: 'channel',
    reduceRange: false,
    symmetricActivations: false,
    correctBiases: false,
    include: [],
    exclude: [],
    createObserver: observerOf('minmax'),
  });
  await made.calibrate({ ...run(engine), indices: [0, 1, 2] });
  return made;
}

interface Run extends CalibrationRun {
  seed: number;
}

/** Sample i holds i; the first 100 are calibrated on. */
function run(runner: Runner, hasLabels = true): Run {
  const data = Float32Array.from({ length: 4 * SAMPLES }, (_, i) => Math.floor(i / 4));
  const x = { dtype: 'float' as const, shape: [SAMPLES, 4], data };
  const labels = hasLabels ? { labels: new Int32Array(SAMPLES) } : {};
  const dataset = datasetFromTensors({ inputs: { x }, ...labels });
  return { runner, dataset, indices: Array.from({ length: CALIBRATED }, (_, i) => i), seed: 1 };
}

/** Answers as if each quantized layer turned `harm` percent of the answers, and counts what it was asked to build. */
function pretender(asked: string[][] = [], samples = new Set<number>(), classes = 2): Runner {
  const load: Runner['load'] = async (bytes) => {
    const { graph } = await readModel(bytes);
    const quantized = [...graph.nodes].filter((node) => node.inputs[1]?.producer).map(({ name }) => name);
    asked.push(quantized);
    const total = quantized.reduce((sum, name) => sum + harm[name], 0);
    return new FakeSession(['x'], ['e_out'], ({ x }) => {
      const index = Number(x.data[0]);
      if (quantized.length > 0) samples.add(index);
      // The 300 samples of the selection are 100 .. 399; on the others the scores tell.
      const isWrong = index >= CALIBRATED && index % 100 < total;
      const scores = isWrong ? [0, 1] : [1, 0.001 * total];
      return {
        e_out: { dtype: 'float', shape: [1, classes], data: Float32Array.from(scores.slice(0, classes)) },
      };
    });
  };
  return { ...engine, load };
}

const floatNames = ({ floatLayers }: { floatLayers: ReadonlyMap<string, string> }) => [...floatLayers.keys()];

describe('limitDrop', () => {
  it.each([
    [50, [], 42],
    [42, [], 42],
    [41, ['b'], 12],
    [10, ['b', 'd'], 4],
    [3.5, ['b', 'd', 'e'], 1],
    [0, ['b', 'd', 'e', 'a'], 0],
  ])(
    'for %d points leaves the most harmful layers in float, no more than needed',
    async (limit, expected, drop) => {
      const result = await limitDrop(await quantizer(), new Map(), limit, run(pretender()));
      expect(floatNames(result)).toEqual(expected);
      expect(result.limits).toEqual([
        { name: 'max-drop', wanted: limit, got: expect.closeTo(drop, 9), unit: 'points', met: true },
      ]);
      for (const reason of result.floatLayers.values())
        expect(reason).toBe(`left in float for --max-drop ${limit}`);
    },
  );

  it('measures on samples that were not calibrated on', async () => {
    const samples = new Set<number>();
    await limitDrop(await quantizer(), new Map(), 50, run(pretender([], samples)));
    expect(Math.min(...samples)).toBe(CALIBRATED);
    expect(samples.size).toBe(SAMPLES - CALIBRATED);
  });

  it('keeps what is float already, and its reason', async () => {
    const start = new Map([['b', 'faster in float here']]);
    const result = await limitDrop(await quantizer(), start, 10, run(pretender()));
    expect([...result.floatLayers]).toEqual([
      ['b', 'faster in float here'],
      ['d', 'left in float for --max-drop 10'],
    ]);
  });

  it('says so where the limit cannot be met', async () => {
    const runner = pretender();
    // The engine answers wrong whatever is quantized: the model before is the only right one.
    const before = runner.load;
    let loads = 0;
    const never: Runner = {
      ...runner,
      load: async (...given) => {
        if (loads++ === 0) return before(...given);
        return new FakeSession(['x'], ['e_out'], () => ({
          e_out: { dtype: 'float', shape: [1, 2], data: Float32Array.of(0, 1) },
        }));
      },
    };
    const result = await limitDrop(await quantizer(), new Map(), 5, run(never));
    expect(floatNames(result)).toHaveLength(names.length);
    expect(result.limits).toMatchObject([{ wanted: 5, got: 100, met: false }]);
  });

  it('without labels counts agreement with the float model', async () => {
    const result = await limitDrop(await quantizer(), new Map(), 10, run(pretender(), false));
    expect(floatNames(result)).toEqual(['b', 'd']);
  });

  it.each([
    [undefined, 'rmse', 3.5, ['b', 'd', 'e']],
    ['psnr', 'dB', 20, ['b', 'd']],
  ])('of targets counts in the unit of the metric (%s: %s)', async (metric, unit, limit, expected) => {
    const { dataset, ...rest } = run(engine);
    const targets = { dtype: 'float' as const, shape: [SAMPLES, 2], data: new Float32Array(2 * SAMPLES) };
    const judged: Dataset = {
      ...dataset,
      task: 'regression',
      judge: { metric, peak: 100 },
      async *batches(options) {
        for await (const { inputs } of dataset.batches(options))
          yield { inputs, targets: { ...targets, shape: [1, 2], data: new Float32Array(2) } };
      },
    };
    // Each quantized layer adds its harm to the error; the float model is off by 0.5.
    const load: Runner['load'] = async (bytes) => {
      const { graph } = await readModel(bytes);
      const quantized = [...graph.nodes].filter((node) => node.inputs[1]?.producer).map(({ name }) => name);
      const error = quantized.reduce((sum, name) => sum + harm[name], 0.5);
      return new FakeSession(['x'], ['e_out'], () => ({
        e_out: { dtype: 'float', shape: [1, 2], data: new Float32Array(2).fill(error) },
      }));
    };
    const result = await limitDrop(await quantizer(), new Map(), limit, {
      ...rest,
      dataset: judged,
      runner: { ...engine, load },
    });
    expect(floatNames(result)).toEqual(expected);
    const left = names.filter((name) => !expected.includes(name)).reduce((sum, name) => sum + harm[name], 0);
    const got = metric === undefined ? left : 20 * Math.log10((0.5 + left) / 0.5);
    expect(result.limits).toEqual([
      { name: 'max-drop', wanted: limit, got: expect.closeTo(got, 5), unit, met: true },
    ]);
  });

  it('refuses models without a metric', async () => {
    const limited = limitDrop(await quantizer(), new Map(), 10, run(pretender([], new Set(), 1), false));
    await expect(limited).rejects.toMatchObject({ code: 'drop-not-measurable', isUsage: true });
  });

  it('stops when told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const limited = limitDrop(await quantizer(), new Map(), 10, { ...run(pretender()), signal });
    await expect(limited).rejects.toThrow('enough');
  });
});
