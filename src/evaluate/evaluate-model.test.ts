import { describe, expect, it } from 'vitest';
import type { Progress } from '../base/progress.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Batch, Dataset } from '../data/dataset.ts';
import { FakeSession } from '../testing/fake-session.ts';
import { memoryDataset } from '../testing/memory-dataset.ts';
import { evaluateModel } from './evaluate-model.ts';

const rows = [
  [3, 1, 0],
  [0, 2, 1],
  [0, 5, 1],
  [1, 0, 4],
  [2, 2, 0],
];
const labels = [0, 1, 2, 2, 1];

/** Answers its input, behind an integer output and one of rank 3. */
function identity(): FakeSession {
  return new FakeSession(['x'], ['ids', 'features', 'logits'], ({ x }) => ({
    ids: { dtype: 'int64', shape: [x.shape[0]], data: new BigInt64Array(x.shape[0]) },
    features: { ...x, shape: [x.shape[0], 1, 3] },
    logits: { ...x, shape: [x.shape[0], 3, 1] },
  }));
}

function constant(output: Tensor): FakeSession {
  return new FakeSession(['x'], ['y'], () => ({ y: output }));
}

describe('evaluateModel', () => {
  it('measures the first output with a score per sample and class, whatever the batch size', async () => {
    const dataset = memoryDataset(rows, { labels, classNames: ['a', 'b', 'c'] });
    for (const batchSize of [1, 2, 5, 9]) {
      const session = identity();
      const predictions = await evaluateModel({ session, dataset, batchSize });
      expect(predictions).toEqual({
        samples: 5,
        output: 'logits',
        argmax: Int32Array.of(0, 1, 1, 2, 0),
        correct: Uint8Array.of(1, 1, 0, 1, 0),
        // Hits 1 of 2 and 1 (a), 1 of 2 and 2 (b), 1 of 1 and 2 (c), of predicted and actual samples.
        metrics: {
          top1: 0.6,
          precision: expect.closeTo(2 / 3, 12),
          recall: expect.closeTo(2 / 3, 12),
          f1: expect.closeTo((2 / 3 + 2 / 4 + 2 / 3) / 3, 12),
        },
        confusions: [
          { actual: 'b', predicted: 'a', count: 1 },
          { actual: 'c', predicted: 'b', count: 1 },
        ],
      });
      expect(session.asked).toEqual([undefined, ...session.asked.slice(1).map(() => ['logits'])]);
    }
  });

  it('evaluates the samples asked for, in their order, and reports progress', async () => {
    const progress: Progress[] = [];
    const predictions = await evaluateModel({
      session: identity(),
      dataset: memoryDataset(rows, { labels }),
      batchSize: 2,
      indices: [3, 0, 2],
      onProgress: (step) => progress.push(step),
    });
    expect(predictions.argmax).toEqual(Int32Array.of(2, 0, 1));
    expect(predictions.metrics?.top1).toBeCloseTo(2 / 3, 14);
    expect(progress).toEqual([
      { phase: 'evaluate', done: 2, total: 3 },
      { phase: 'evaluate', done: 3, total: 3 },
    ]);
  });

  it('keeps the classes alone without labels, and counts samples alone without scores', async () => {
    const dataset = memoryDataset(rows);
    expect(await evaluateModel({ session: identity(), dataset, batchSize: 2 })).toEqual({
      samples: 5,
      output: 'logits',
      argmax: Int32Array.of(0, 1, 1, 2, 0),
    });
    const session = new FakeSession(['x'], ['y'], ({ x }) => ({ y: { ...x, shape: [x.shape[0], 1, 3] } }));
    expect(await evaluateModel({ session, dataset, batchSize: 2 })).toEqual({ samples: 5 });
  });

  it('stops when aborted, with the reason', async () => {
    const controller = new AbortController();
    const done = evaluateModel({
      session: identity(),
      dataset: memoryDataset(rows, { labels }),
      batchSize: 1,
      signal: controller.signal,
      onProgress: ({ done }) => done === 2 && controller.abort(new Error('enough')),
    });
    await expect(done).rejects.toThrow('enough');
  });
});

describe('evaluateModel refuses', () => {
  const dataset = memoryDataset(rows, { labels });
  const scores: Tensor = { dtype: 'float', shape: [5, 3], data: new Float32Array(15) };

  it.each<[code: string, FakeSession, Dataset, output?: string]>([
    ['no-samples', identity(), { ...dataset, length: 0 }],
    ['sample-count-differs', identity(), { ...dataset, length: 4 }],
    ['sample-count-differs', identity(), { ...dataset, length: 6 }],
    ['labels-missing', identity(), { ...dataset, batches: partlyLabelled }],
    ['input-not-bound', identity(), memoryDataset(rows, { input: 'pixels', labels })],
    ['unknown-output', identity(), dataset, 'probabilities'],
    ['output-not-scores', identity(), dataset, 'features'],
    ['no-classification-output', constant({ ...scores, shape: [3, 5] }), dataset],
    ['no-classification-output', constant({ ...scores, shape: [5, 1] }), dataset],
    ['nan-score', constant({ ...scores, data: new Float32Array(15).fill(Number.NaN) }), dataset],
    ['label-out-of-range', identity(), memoryDataset(rows, { labels: [0, 1, 2, 3, 0] })],
  ])('%s', async (code, session, data, output) => {
    const evaluated = evaluateModel({ session, dataset: data, batchSize: 5, ...(output && { output }) });
    await expect(evaluated).rejects.toMatchObject({ name: 'PareError', code });
  });

  async function* partlyLabelled(): AsyncGenerator<Batch> {
    const [first, second] = [memoryDataset(rows, { labels }), memoryDataset(rows)];
    yield* first.batches({ batchSize: 2, indices: [0, 1] });
    yield* second.batches({ batchSize: 2, indices: [2, 3] });
  }
});
