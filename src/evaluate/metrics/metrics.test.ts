import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argmaxRows } from '../argmax-rows.ts';
import type { ClassificationMetric, Metric } from '../metric.ts';
import { scoredBatch } from '../scored-batch.ts';
import { metrics } from './index.generated.ts';

const records = Object.entries<Metric>(metrics).filter(
  (entry): entry is [string, ClassificationMetric] => entry[1].task === 'classification',
);

interface Samples {
  classCount: number;
  /** A row a sample. */
  scores: number[][];
  labels: number[];
}

/** Few distinct scores, so that ties are common. */
const samples: fc.Arbitrary<Samples> = fc.integer({ min: 2, max: 9 }).chain((classCount) =>
  fc
    .array(
      fc.tuple(
        fc.array(fc.integer({ min: -2, max: 3 }), { minLength: classCount, maxLength: classCount }),
        fc.nat(classCount - 1),
      ),
      { minLength: 1, maxLength: 30 },
    )
    .map((rows) => ({
      classCount,
      scores: rows.map(([row]) => row),
      labels: rows.map(([, label]) => label),
    })),
);

function measure(
  metric: ClassificationMetric,
  { classCount, scores, labels }: Samples,
  batchSize = labels.length,
): number {
  const accumulator = metric.create(classCount);
  for (let i = 0; i < labels.length; i += batchSize) {
    const flat = Float32Array.from(scores.slice(i, i + batchSize).flat());
    const predicted = argmaxRows(flat, classCount, { output: 'scores', firstSample: i });
    const part = Int32Array.from(labels.slice(i, i + batchSize));
    accumulator.add(scoredBatch({ scores: flat, classCount, predicted, labels: part }));
  }
  return accumulator.value();
}

/** Straight from the definitions: sort for top-k, sets of samples for the macro averages. */
const oracles: Record<string, (samples: Samples) => number> = {
  top1: (given) => topOracle(given, 1),
  top5: (given) => topOracle(given, 5),
  precision: (given) => macroOracle(given, (truePositives, predicted) => [truePositives, predicted]),
  recall: (given) => macroOracle(given, (truePositives, _, actual) => [truePositives, actual]),
  f1: (given) =>
    macroOracle(given, (truePositives, predicted, actual) => [2 * truePositives, predicted + actual]),
};

function ranking(row: number[]): number[] {
  return [...row.keys()].sort((a, b) => row[b] - row[a] || a - b);
}

function topOracle({ scores, labels }: Samples, k: number): number {
  return labels.filter((label, i) => ranking(scores[i]).slice(0, k).includes(label)).length / labels.length;
}

function macroOracle(
  { scores, labels }: Samples,
  ratio: (truePositives: number, predicted: number, actual: number) => [number, number],
): number {
  const predicted = scores.map((row) => ranking(row)[0]);
  const ratios = [...new Set([...labels, ...predicted])].map((c) => {
    const [numerator, denominator] = ratio(
      labels.filter((label, i) => label === c && predicted[i] === c).length,
      predicted.filter((label) => label === c).length,
      labels.filter((label) => label === c).length,
    );
    return denominator === 0 ? 0 : numerator / denominator;
  });
  return ratios.reduce((sum, value) => sum + value, 0) / ratios.length;
}

describe.each(records)('metric %s', (name, metric) => {
  it('stands under its own name and has an oracle', () => {
    expect(metric.name).toBe(name);
    expect(Object.keys(oracles)).toContain(name);
  });

  it('is what its definition says, ties and absent classes included', () => {
    fc.assert(
      fc.property(samples, (given) => {
        expect(measure(metric, given)).toBeCloseTo(oracles[name](given), 12);
      }),
    );
  });

  it('does not depend on how samples are batched', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 7 }), (given, batchSize) => {
        expect(measure(metric, given, batchSize)).toBe(measure(metric, given));
      }),
    );
  });

  it('is 1 for right answers, below for wrong ones, and NaN for none', () => {
    const classCount = 7;
    const labels = [0, 1, 2, 3, 4, 5, 6];
    const right = labels.map((label) => labels.map((c) => (c === label ? 1 : 0)));
    const wrong = labels.map((label) => labels.map((c) => (c === label ? -1 : 0)));
    expect(measure(metric, { classCount, scores: right, labels })).toBe(1);
    expect(measure(metric, { classCount, scores: wrong, labels })).toBeLessThan(0.5);
    expect(metric.create(classCount).value()).toBeNaN();
  });
});

it("agrees with the example of scikit-learn's precision_recall_fscore_support", () => {
  // y_true = cat dog pig cat dog pig, y_pred = cat pig dog cat cat dog, average='macro' → 0.22…, 0.33…, 0.26…
  const oneHot = (c: number) => [0, 1, 2].map((i) => (i === c ? 1 : 0));
  const given = { classCount: 3, scores: [0, 2, 1, 0, 0, 1].map(oneHot), labels: [0, 1, 2, 0, 1, 2] };
  expect(measure(metrics.precision, given)).toBeCloseTo(2 / 9, 14);
  expect(measure(metrics.recall, given)).toBeCloseTo(1 / 3, 14);
  expect(measure(metrics.f1, given)).toBeCloseTo(4 / 15, 14);
});

it('counts a class that is only predicted, or only labelled, as 0, and leaves out one that does not occur', () => {
  // Labels 0 0 1, predictions 0 2 0; class 3 does not occur.
  // Precision: 1/2, 0/0 → 0, 0/1; recall: 1/2, 0/1, 0/0 → 0; F1: 2/4, 0, 0.
  const given = {
    classCount: 4,
    scores: [
      [1, 0, 0, 0],
      [0, 0, 1, 0],
      [1, 0, 0, 0],
    ],
    labels: [0, 0, 1],
  };
  for (const metric of [metrics.precision, metrics.recall, metrics.f1]) {
    expect(measure(metric, given)).toBeCloseTo(1 / 6, 14);
  }
});

it('refuses labels that are no class', () => {
  const scores = Float32Array.of(1, 0);
  for (const label of [-1, 2]) {
    const batch = {
      scores,
      classCount: 2,
      predicted: Int32Array.of(0),
      labels: Int32Array.of(label),
    };
    expect(() => scoredBatch(batch)).toThrow(
      expect.objectContaining({
        code: 'label-out-of-range',
        message: `The data set has a label ${label}, but the model scores 2 classes.`,
      }),
    );
  }
});
