import { describe, expect, it } from 'vitest';
import type { Tensor } from '../base/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { datasetFromTensors } from '../data/dataset-from-tensors.ts';
import { FakeSession } from '../testing/fake-session.ts';
import { floats, int64 } from '../testing/tensors.ts';
import { evaluateModel } from './evaluate-model.ts';
import { evaluatePair } from './evaluate-pair.ts';

/** Answers its input, plus something. */
const adding = (error: number, shape?: (x: Tensor) => readonly number[]) =>
  new FakeSession(['x'], ['y'], ({ x }) => ({
    y: {
      dtype: 'float',
      shape: shape?.(x) ?? x.shape,
      // The data sets below are float.
      data: (x.data as Float32Array).map((value) => value + error),
    },
  }));

const x = floats([5, 3], [0, 0.5, 1, 0.25, 0.75, 0, 1, 1, 0.5, 0, 0.5, 0.5, 1, 0, 0.25]);
const dataset = datasetFromTensors({ inputs: { x }, targets: x });

describe('a model judged by values', () => {
  it.each([1, 2, 5])('in batches of %i has errors, whatever axes of 1 its answer has', async (batchSize) => {
    const session = adding(0.125, (input) => [...input.shape, 1]);
    const { metrics, samples, output } = await evaluateModel({ session, dataset, batchSize });
    expect({ samples, output }).toEqual({ samples: 5, output: 'y' });
    expect(metrics).toEqual({
      mse: 1 / 64,
      rmse: 0.125,
      mae: 0.125,
      psnr: expect.closeTo(20 * Math.log10(8), 9),
      r2: expect.closeTo(1 - 15 / 64 / varianceSum([...x.data]), 9),
    });
  });

  it('against another loses what its error grew by, in the unit of the metric', async () => {
    const options = { before: adding(0.125), after: adding(-0.25), batchSize: 2, seed: 1 };
    const { comparison } = await evaluatePair({ ...options, dataset });
    expect(comparison.drop).toEqual({
      metric: 'rmse',
      points: 0.125,
      low: expect.closeTo(0.125, 12),
      high: expect.closeTo(0.125, 12),
      unit: 'number',
    });
    const inDecibels = { ...dataset, judge: { metric: 'psnr' } };
    const decibels = await evaluatePair({ ...options, dataset: inDecibels });
    expect(decibels.comparison.drop).toMatchObject({
      metric: 'psnr',
      points: expect.closeTo(20 * Math.log10(2), 9),
      unit: 'dB',
    });
  });

  it('gains where a lower error is better', async () => {
    const options = { before: adding(0.25), after: adding(0.125), batchSize: 5, seed: 1 };
    expect((await evaluatePair({ ...options, dataset })).comparison.drop?.points).toBe(-0.125);
  });

  it('is not looked at within the border', async () => {
    const pictures = floats([2, 1, 4, 5], new Array(40).fill(0.5));
    const edged = datasetFromTensors({ inputs: { x: pictures }, targets: pictures });
    const session = new FakeSession(['x'], ['y'], ({ x: given }) => {
      const data = new Float32Array(given.data.length).fill(0.5);
      // Wrong at one pixel of each edge, and at one within.
      for (const wrong of [2, 5, 14, 17, 7]) data[wrong] = 1;
      return { y: { ...given, data } };
    });
    const judged = (border: number) =>
      evaluateModel({ session, dataset: { ...edged, judge: { border } }, batchSize: 1 });
    expect((await judged(0)).metrics?.mse).toBeCloseTo((5 * 0.25) / 20, 12);
    expect((await judged(1)).metrics?.mse).toBeCloseTo(0.25 / 6, 12);
    await expect(judged(2)).rejects.toMatchObject({ code: 'border-too-wide' });
  });
});

describe('a model judged by positions', () => {
  const scores = floats([2, 2, 3], [5, 0, 0, 0, 5, 0, 0, 0, 5, 0, 5, 0]);
  const targets = { ...int64([0, 2, -100, 1]), shape: [2, 2] };
  const positions = datasetFromTensors({ inputs: { x: scores }, targets, task: 'sequence' });
  const chance = Math.log(Math.exp(5) + 2);

  it('has accuracy and perplexity of the positions asked for', async () => {
    const { metrics } = await evaluateModel({ session: adding(0), dataset: positions, batchSize: 1 });
    expect(metrics?.accuracy).toBeCloseTo(2 / 3, 12);
    expect(metrics?.perplexity).toBeCloseTo(Math.exp((chance - 5 + chance + chance - 5) / 3), 9);
  });

  it('loses points of accuracy', async () => {
    const wrong = new FakeSession(['x'], ['y'], ({ x: given }) => ({
      y: { ...given, data: (given.data as Float32Array).map((value) => -value) },
    }));
    const pair = await evaluatePair({
      before: adding(0),
      after: wrong,
      dataset: positions,
      batchSize: 2,
      seed: 1,
    });
    expect(pair.comparison.drop).toMatchObject({
      metric: 'accuracy',
      points: expect.closeTo(200 / 3, 9),
    });
    expect(pair.comparison.drop?.unit).toBeUndefined();
  });

  it('refuses targets beyond the classes', async () => {
    const beyond = datasetFromTensors({
      inputs: { x: scores },
      targets: { ...int64([0, 3, 0, 0]), shape: [2, 2] },
      task: 'sequence',
    });
    await expect(evaluateModel({ session: adding(0), dataset: beyond, batchSize: 2 })).rejects.toMatchObject({
      code: 'target-out-of-range',
      got: '3',
    });
  });
});

describe('targets refuse', () => {
  const judged = (metric: string, of: Dataset = dataset): Dataset => ({ ...of, judge: { metric } });
  const labelled = datasetFromTensors({ inputs: { x }, labels: [0, 1, 2, 0, 1] });

  it.each<[code: string, FakeSession, Dataset, output?: string]>([
    ['no-target-output', adding(0, () => [3, 5]), dataset],
    ['output-not-target', adding(0, () => [3, 5]), dataset, 'y'],
    ['unknown-output', adding(0), dataset, 'z'],
    ['targets-missing', adding(0), { ...datasetFromTensors({ inputs: { x } }), task: 'regression' }],
    ['unknown-metric', adding(0), judged('top1')],
    ['unknown-metric', adding(0), judged('f1', labelled)],
    ['unknown-metric', adding(0), judged('rmse', datasetFromTensors({ inputs: { x } }))],
    ['non-finite-answer', adding(Number.NaN), dataset],
  ])('%s', async (code, session, data, output) => {
    const evaluated = evaluateModel({ session, dataset: data, batchSize: 5, ...(output && { output }) });
    await expect(evaluated).rejects.toMatchObject({ name: 'PareError', code });
  });
});

function varianceSum(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
