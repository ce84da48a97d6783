import { describe, expect, it } from 'vitest';
import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { memoryDataset } from '../testing/memory-dataset.ts';
import { floats } from '../testing/tensors.ts';
import { observeValues } from './observe-values.ts';

const engine = await ortNode();
const dataset = memoryDataset([[1], [2], [3], [4]]);

function net() {
  const b = new GraphBuilder();
  return b.model(13, b.node('Neg', [b.input('x', ['n', 1])], { outputs: ['y'] }));
}

/** The engine, with a count of its open sessions. */
function counting(open: { count: number }): Runner {
  return {
    ...engine,
    load: async (...given) => {
      const session = await engine.load(...given);
      open.count++;
      return {
        ...session,
        close: async () => {
          open.count--;
          await session.close();
        },
      };
    },
  };
}

describe('observeValues', () => {
  it('hands on the samples asked for, one by one, in order', async () => {
    const taken: [string, number[]][] = [];
    const progress: number[] = [];
    await observeValues(net(), ['x', 'y'], (name, values) => taken.push([name, [...values]]), {
      runner: engine,
      dataset,
      indices: [2, 0],
      onProgress: ({ done, total, phase }) => progress.push(done / total, phase === 'calibrate' ? 1 : 0),
    });
    expect(taken).toEqual([
      ['x', [3]],
      ['y', [-3]],
      ['x', [1]],
      ['y', [-1]],
    ]);
    expect(progress).toEqual([0.5, 1, 1, 1]);
  });

  it('feeds state back from step to step, and counts sequences done', async () => {
    const b = new GraphBuilder();
    const sum = b.node('Add', [b.input('x', [1, 1]), b.input('h', [1, 1])], { outputs: ['hOut'] });
    const model = b.model(13, sum);
    const steps = [
      [1, 2],
      [4, 8, 16],
    ];
    const streaming: Dataset = {
      name: 'steps',
      length: 2,
      task: 'none',
      state: { hOut: 'h' },
      async *batches({ indices = [0, 1] }) {
        for (const index of Array.from(indices))
          for (const [i, value] of steps[index].entries())
            yield {
              inputs: { x: floats([1, 1], [value]), h: floats([1, 1], [100]) },
              sequenceStart: i === 0,
              sequenceEnd: i === steps[index].length - 1,
            };
      },
    };
    const sums: number[] = [];
    const done: number[] = [];
    const runs = await observeValues(model, ['hOut'], (_, [value]) => sums.push(value), {
      runner: engine,
      dataset: streaming,
      indices: [1, 0],
      onProgress: (progress) => done.push(progress.done),
    });
    expect(sums).toEqual([104, 112, 128, 101, 103]);
    expect(done).toEqual([1, 2]);
    expect(runs).toBe(5);
  });

  it.each([
    ['an error of the taker', undefined],
    ['the signal', AbortSignal.abort(new Error('enough'))],
  ])('closes its session on %s', async (_, signal) => {
    const open = { count: 0 };
    const take = () => {
      throw new Error('enough');
    };
    const observed = observeValues(net(), ['y'], take, {
      runner: counting(open),
      dataset,
      indices: [0, 1],
      signal,
    });
    await expect(observed).rejects.toThrow('enough');
    expect(open.count).toBe(0);
  });
});
