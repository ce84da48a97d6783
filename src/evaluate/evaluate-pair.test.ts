import { describe, expect, it } from 'vitest';
import { Rng } from '../base/rng.ts';
import type { Tensor } from '../base/tensor.ts';
import { FakeSession } from '../testing/fake-session.ts';
import { memoryDataset } from '../testing/memory-dataset.ts';
import { evaluateModel } from './evaluate-model.ts';
import { evaluatePair } from './evaluate-pair.ts';
import { reportSchema } from './report.ts';

const CLASSES = 7;
const rng = new Rng(21);
const rows = Array.from({ length: 53 }, () => Array.from({ length: CLASSES }, () => rng.normal()));
const labels = rows.map((row) => row.indexOf(Math.max(...row)));

/** A model of one output that changes each value. */
function mapped(change: (value: number, index: number) => number, output = 'y'): FakeSession {
  return new FakeSession(['x'], [output], ({ x }) => ({ [output]: withValues(x, change) }));
}

function withValues(tensor: Tensor, change: (value: number, index: number) => number): Tensor {
  // memoryDataset's one input is always float.
  return { ...tensor, data: Float32Array.from(tensor.data as Float32Array, change) };
}

/** Rounds coarsely, so that some classes tie and change. */
const coarse = (value: number) => Math.trunc(value * 1.5) / 1.5;

/** Straight from the definitions, over all values at once. */
function errorOracle(change: (value: number, index: number) => number) {
  const x = rows.flat().map(Math.fround);
  const y = rows.flatMap((row) => row.map((value, i) => Math.fround(change(Math.fround(value), i))));
  const sum = (f: (x: number, y: number) => number) => x.reduce((all, value, i) => all + f(value, y[i]), 0);
  const noise = sum((a, b) => (a - b) ** 2);
  const energy = sum((a) => a * a);
  return {
    sqnrDb: expect.closeTo(10 * Math.log10(energy / noise), 9),
    mse: expect.closeTo(noise / x.length, 12),
    mae: expect.closeTo(sum((a, b) => Math.abs(a - b)) / x.length, 12),
    cosine: expect.closeTo(sum((a, b) => a * b) / Math.sqrt(energy * sum((_, b) => b * b)), 12),
  };
}

describe('evaluatePair', () => {
  const dataset = memoryDataset(rows, { labels });

  it.each([1, 10, 53])(
    'of batches of %i: metrics, agreement, drop and errors of one pass',
    async (batchSize) => {
      const before = mapped((value) => value);
      const after = mapped(coarse);
      const pair = await evaluatePair({ before, after, dataset, batchSize, seed: 1 });
      expect(pair.before).toEqual(await evaluateModel({ session: before, dataset, batchSize: 4 }));
      expect(pair.after).toEqual(await evaluateModel({ session: after, dataset, batchSize: 4 }));
      const rounded = rows.map((row) => row.map((value) => coarse(Math.fround(value))));
      const same =
        rounded.filter((row, i) => row.indexOf(Math.max(...row)) === labels[i]).length / rows.length;
      expect(same).toBeLessThan(1);
      expect(pair.before.metrics?.top1).toBe(1);
      expect(pair.after.metrics?.top1).toBe(same);
      expect(pair.comparison).toEqual({
        agreement: same,
        drop: {
          metric: 'top1',
          points: expect.closeTo(100 * (1 - same), 12),
          low: expect.any(Number),
          high: expect.any(Number),
        },
        ...errorOracle(coarse),
      });
    },
  );

  it('without labels: agreement, its drop, and errors', async () => {
    const options = { before: mapped((value) => value), after: mapped(coarse), batchSize: 8, seed: 1 };
    const labelled = await evaluatePair({ ...options, dataset });
    const pair = await evaluatePair({ ...options, dataset: memoryDataset(rows) });
    expect(pair.before.metrics).toBeUndefined();
    expect(pair.comparison).toEqual({
      ...labelled.comparison,
      drop: { ...labelled.comparison.drop, metric: 'agreement' },
    });
  });

  it('of models that do not classify: errors of all floating point outputs, each and together', async () => {
    const model = (change: number) =>
      new FakeSession(['x'], ['half', 'ids', 'state'], ({ x }) => ({
        half: { ...withValues(x, (value) => value + change), shape: [x.shape[0], 1, CLASSES] },
        ids: { dtype: 'int64', shape: [1], data: BigInt64Array.of(BigInt(change)) },
        state: { dtype: 'float', shape: [1], data: Float32Array.of(10 * change) },
      }));
    const before = model(0);
    const pair = await evaluatePair({
      before,
      after: model(2),
      dataset: memoryDataset(rows),
      batchSize: 53,
      seed: 1,
    });
    expect(pair.before).toEqual({ samples: 53 });
    expect(pair.after).toEqual({ samples: 53 });
    const values = 53 * CLASSES;
    expect(pair.errors.get('half')?.mse).toBeCloseTo(4, 5);
    expect(pair.errors.get('state')?.mse).toBe(400);
    expect(pair.errors.get('state')?.sqnrDb).toBe(-Infinity);
    expect(pair.errors.has('ids')).toBe(false);
    expect(pair.comparison.mse).toBeCloseTo((4 * values + 400) / (values + 1), 5);
    expect(pair.comparison.agreement).toBeUndefined();
  });

  it('of equal models fits the report, which holds no infinite SQNR', async () => {
    const same = mapped((value) => value);
    const { comparison, before } = await evaluatePair({
      before: same,
      after: same,
      dataset,
      batchSize: 9,
      seed: 1,
    });
    expect(comparison).toEqual({
      agreement: 1,
      drop: { metric: 'top1', points: 0, low: 0, high: 0 },
      mse: 0,
      mae: 0,
      cosine: 1,
    });
    const report = { schema: 'pare.report/1', command: 'evaluate', warnings: [], seconds: 1, peakBytes: 1 };
    const { samples, metrics, confusions } = before;
    const measured = { samples, metrics, confusions, parameters: 1, macs: 1, bytes: 1 };
    expect(reportSchema.safeParse({ ...report, comparison, before: measured }).success).toBe(true);
  });

  it('lays outputs of other names side by side by their place', async () => {
    const options = { before: mapped((value) => value, 'a'), after: mapped(coarse, 'b'), dataset };
    const pair = await evaluatePair({ ...options, batchSize: 20, seed: 1, output: 'a' });
    expect(pair.comparison).toMatchObject(errorOracle(coarse));
    expect(pair.after.output).toBe('b');
  });
});

describe('evaluatePair refuses', () => {
  const identity = mapped((value) => value);
  const answer = (outputs: Record<string, Tensor>) =>
    new FakeSession(['x'], Object.keys(outputs), () => outputs);
  const floats = (...shape: number[]): Tensor => ({
    dtype: 'float',
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b)),
  });
  const ids: Tensor = { dtype: 'int64', shape: [1], data: BigInt64Array.of(0n) };

  it.each<[code: string, FakeSession, FakeSession]>([
    ['outputs-differ', identity, answer({ a: floats(53, CLASSES), b: floats(1) })],
    ['class-count-differs', identity, answer({ y: floats(53, CLASSES - 1) })],
    ['output-not-scores', identity, answer({ y: floats(1, 53, CLASSES) })],
    ['output-shape-differs', answer({ y: floats(1, 4) }), answer({ y: floats(1, 5) })],
    ['output-shape-differs', answer({ y: floats(1, 4) }), answer({ y: ids })],
    ['nothing-to-compare', answer({ y: ids }), answer({ y: ids })],
    ['non-finite-output', identity, mapped(() => Number.NaN)],
    ['non-finite-output', identity, mapped(() => Infinity)],
  ])('%s', async (code, before, after) => {
    const evaluated = evaluatePair({ before, after, dataset: memoryDataset(rows), batchSize: 53, seed: 1 });
    await expect(evaluated).rejects.toMatchObject({ name: 'PareError', code });
  });
});
