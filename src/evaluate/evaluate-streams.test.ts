import { describe, expect, it } from 'vitest';
import type { Progress } from '../base/progress.ts';
import type { Batch, Dataset, Task } from '../data/dataset.ts';
import { FakeSession } from '../testing/fake-session.ts';
import { floats } from '../testing/tensors.ts';
import { evaluateModel } from './evaluate-model.ts';
import { evaluatePair } from './evaluate-pair.ts';

const sequences = [[1, 2, 3], [4], [5, 6]];

/** One number a step; a label with the last step, or what its running sum should be. */
function stream(task: Task): Dataset {
  return {
    name: 'steps',
    length: sequences.length,
    task,
    state: { hOut: 'h' },
    async *batches({ indices }): AsyncGenerator<Batch> {
      for (const index of Array.from(indices ?? sequences.keys())) {
        const steps = sequences[index];
        for (const [i, value] of steps.entries()) {
          const isLast = i === steps.length - 1;
          yield {
            inputs: { x: floats([1, 1], [value]), h: floats([1, 1], [0]) },
            sequenceStart: i === 0,
            sequenceEnd: isLast,
            ...(task === 'classification' && isLast && { labels: Int32Array.of(index % 2) }),
            ...(task === 'regression' && { targets: floats([1, 1], [value]) }),
          };
        }
      }
    },
  };
}

/** Sums what it is given, `leak` of it a step; answers by `answer`. */
const summing = (answer: (sum: number) => number[], leak = 1, names = ['y', 'hOut']) =>
  new FakeSession(['x', 'h'], names, ({ x, h }) => {
    const sum = leak * Number(h.data[0]) + Number(x.data[0]);
    const given = answer(sum);
    return { [names[0]]: floats([1, given.length], given), [names[1]]: floats([1, 1], [sum]) };
  });

describe('a streaming model', () => {
  it('is fed its state, which starts anew with each sequence', async () => {
    const session = summing((sum) => [sum]);
    const progress: Progress[] = [];
    const { metrics, samples } = await evaluateModel({
      session,
      dataset: stream('regression'),
      batchSize: 16,
      onProgress: (step) => progress.push(step),
    });
    expect(samples).toBe(3);
    // Running sums 1 3 6, 4, 5 11 against 1 2 3, 4, 5 6.
    expect(metrics?.mae).toBeCloseTo((0 + 1 + 3 + 0 + 0 + 5) / 6, 12);
    expect(session.asked).toEqual([undefined, ...new Array(5).fill(['y', 'hOut'])]);
    expect(progress.map(({ done, total }) => [done, total])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it('keeps a state of its own beside another model', async () => {
    const options = { dataset: stream('regression'), batchSize: 1, seed: 1 };
    // Forgets everything, and so is always right; its outputs have other names.
    const after = summing((sum) => [sum], 0, ['answer', 'kept']);
    const pair = await evaluatePair({ ...options, before: summing((sum) => [sum]), after });
    expect(pair.before.metrics?.mae).toBeCloseTo(1.5, 12);
    expect(pair.after.metrics?.mae).toBe(0);
    // Of the answers alone: the state counts for nothing.
    expect([...pair.errors.keys()]).toEqual(['y']);
    expect(pair.comparison.mae).toBeCloseTo(1.5, 12);
    const rmse = Math.sqrt((1 + 9 + 25) / 6);
    expect(pair.comparison.drop).toMatchObject({ metric: 'rmse', points: expect.closeTo(-rmse, 12) });
  });

  it('tells its class at the last step', async () => {
    const session = summing((sum) => [sum < 5 ? 1 : 0, sum < 5 ? 0 : 1]);
    const { argmax, metrics } = await evaluateModel({
      session,
      dataset: stream('classification'),
      batchSize: 1,
    });
    // Sums 6, 4, 11; labels 0, 1, 0.
    expect(argmax).toEqual(Int32Array.of(1, 0, 1));
    expect(metrics?.top1).toBe(0);
  });

  it('of one probability a step has a share of positive ones, and agreement a step', async () => {
    const voice = (sum: number) => [sum > 4 ? 0.9 : 0.1];
    const dataset = stream('none');
    const alone = await evaluateModel({ session: summing(voice), dataset, batchSize: 1 });
    expect(alone.metrics).toEqual({ 'positive-rate': 3 / 6 });
    const pair = await evaluatePair({
      before: summing(voice),
      after: summing(voice, 0),
      dataset,
      batchSize: 1,
      seed: 1,
    });
    // Without memory 6 alone is above 4 among 1 2 3, 4, 5 6, and 5.
    expect(pair.after.metrics).toEqual({ 'positive-rate': 2 / 6 });
    expect(pair.comparison.agreement).toBeCloseTo(5 / 6, 12);
    expect(pair.comparison.drop).toMatchObject({ metric: 'agreement', points: expect.closeTo(100 / 6, 9) });
    // Redrawn by sequences: all three the one that lost a step of three, or none of them.
    expect(pair.comparison.drop?.low).toBe(0);
    expect(pair.comparison.drop?.high).toBeCloseTo(100 / 3, 9);
  });

  it('of one number a step that is no probability is only compared', async () => {
    const options = { dataset: stream('none'), batchSize: 1, seed: 1 };
    const before = summing((sum) => [sum]);
    const pair = await evaluatePair({ ...options, before, after: summing((sum) => [sum], 0) });
    expect(pair.before).toEqual({ samples: 3 });
    expect(pair.comparison.drop).toBeUndefined();
    expect(pair.comparison.mae).toBeCloseTo(1.5, 12);
  });

  it('without a label at the end is refused', async () => {
    const dataset: Dataset = { ...stream('none'), task: 'classification' };
    const session = summing((sum) => [sum, 1]);
    await expect(evaluateModel({ session, dataset, batchSize: 1 })).rejects.toMatchObject({
      code: 'labels-missing',
    });
  });
});
