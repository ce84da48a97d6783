import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Metric, PositionAnswer, SummedMetric, TargetScale, ValueAnswer } from '../metric.ts';
import { metrics } from './index.generated.ts';

function measure<Answer>(
  metric: SummedMetric<Answer>,
  answers: readonly Answer[],
  scale: TargetScale = { min: 0, max: 1 },
): number | undefined {
  const sums = new Float64Array(metric.width);
  for (const answer of answers) metric.add(answer, sums);
  return metric.value(sums, scale);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Small whole numbers: every sum is exact, so that oracles agree to the last digits. */
const number = fc.integer({ min: 0, max: 200 }).map((n) => n / 8);
const valueAnswers: fc.Arbitrary<ValueAnswer[]> = fc.array(
  fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 6 }).map((pairs) => ({
    wanted: pairs.map(([wanted]) => wanted),
    got: Float32Array.from(pairs, ([, got]) => got),
  })),
  { minLength: 1, maxLength: 8 },
);

describe('metrics of values', () => {
  const errorsOf = (answers: readonly ValueAnswer[]) =>
    answers.flatMap(({ wanted, got }) => Array.from(got, (value, i) => value - wanted[i]));

  it('mse, rmse and mae are means over all elements', () => {
    fc.assert(
      fc.property(valueAnswers, (answers) => {
        const errors = errorsOf(answers);
        const mse = mean(errors.map((error) => error * error));
        expect(measure(metrics.mse, answers)).toBeCloseTo(mse, 9);
        expect(measure(metrics.rmse, answers)).toBeCloseTo(Math.sqrt(mse), 9);
        expect(measure(metrics.mae, answers)).toBeCloseTo(mean(errors.map(Math.abs)), 9);
      }),
    );
  });

  it('r2 is the share of explained variance; none where targets do not vary', () => {
    fc.assert(
      fc.property(valueAnswers, (answers) => {
        const wanted = answers.flatMap((answer) => Array.from(answer.wanted));
        const scale = { min: Math.min(...wanted), max: Math.max(...wanted) };
        const variance = mean(wanted.map((value) => (value - mean(wanted)) ** 2));
        const r2 = measure(metrics.r2, answers, scale);
        if (scale.min === scale.max) expect(r2).toBeUndefined();
        else expect(r2).toBeCloseTo(1 - mean(errorsOf(answers).map((error) => error ** 2)) / variance, 6);
      }),
    );
    // scikit-learn's r2_score([3, -0.5, 2, 7], [2.5, 0.0, 2, 8]), from its documentation.
    const example = { wanted: [3, -0.5, 2, 7], got: Float32Array.of(2.5, 0, 2, 8) };
    expect(measure(metrics.r2, [example], { min: -0.5, max: 7 })).toBeCloseTo(0.9486081370449679, 12);
  });

  it('psnr is a mean over samples, its peak that of the range or as stated', () => {
    // Mean squared errors 0.01 and 0.0001: 20 and 40 dB of peak 1.
    const tenth = { wanted: [0.5, 0.25], got: Float32Array.of(0.625, 0.375) };
    const exact = { wanted: [1], got: Float32Array.of(1) };
    const decibels = -10 * Math.log10(1 / 64);
    expect(measure(metrics.psnr, [tenth])).toBeCloseTo(decibels, 12);
    expect(measure(metrics.psnr, [tenth], { min: 0, max: 200 })).toBeCloseTo(decibels + 48.1308, 4);
    expect(measure(metrics.psnr, [tenth], { min: 0, max: 1, peak: 10 })).toBeCloseTo(decibels + 20, 12);
    expect(measure(metrics.psnr, [tenth], { min: -1, max: 1 })).toBeUndefined();
    expect(measure(metrics.psnr, [tenth], { min: 0, max: 300 })).toBeUndefined();
    expect(measure(metrics.psnr, [tenth], { min: -1, max: 1, peak: 2 })).toBeCloseTo(decibels + 6.0206, 4);
    expect(measure(metrics.psnr, [tenth, exact], { min: 0, max: 200 })).toBeCloseTo(
      (decibels + 48.1308 + 100) / 2,
      4,
    );
  });
});

describe('metrics of positions', () => {
  const answers: fc.Arbitrary<PositionAnswer[]> = fc.integer({ min: 2, max: 5 }).chain((classCount) =>
    fc.array(
      fc
        .array(
          fc.tuple(
            fc.integer({ min: -1, max: classCount - 1 }),
            fc.array(fc.integer({ min: -20, max: 20 }), { minLength: classCount, maxLength: classCount }),
          ),
          { minLength: 1, maxLength: 5 },
        )
        .map((positions) => ({
          classCount,
          wanted: positions.map(([wanted]) => wanted),
          scores: Float32Array.from(positions.flatMap(([, scores]) => scores)),
        })),
      { minLength: 1, maxLength: 6 },
    ),
  );

  /** Scores and wanted class of each position that counts. */
  const counted = (given: readonly PositionAnswer[]) =>
    given.flatMap(({ scores, wanted, classCount }) =>
      Array.from(wanted, (target, i) => ({
        target,
        scores: Array.from(scores.slice(i * classCount, (i + 1) * classCount)),
      })).filter(({ target }) => target >= 0),
    );

  it('are what their definitions say, over positions that ask for a class', () => {
    fc.assert(
      fc.property(answers, (given) => {
        const positions = counted(given);
        const hits = positions.map(({ target, scores }) =>
          scores.indexOf(Math.max(...scores)) === target ? 1 : 0,
        );
        const nats = positions.map(
          ({ target, scores }) =>
            -Math.log(Math.exp(scores[target]) / scores.reduce((sum, score) => sum + Math.exp(score), 0)),
        );
        const isLikeProbabilities = positions.some(
          ({ scores }) => Math.min(...scores) >= 0 && scores.reduce((sum, score) => sum + score) === 1,
        );
        fc.pre(positions.length > 0 && !isLikeProbabilities);
        expect(measure(metrics.accuracy, given)).toBe(mean(hits));
        expect(Math.log(measure(metrics.perplexity, given) ?? 0)).toBeCloseTo(mean(nats), 9);
      }),
    );
  });

  it('perplexity takes probabilities as they are, and scores that would overflow', () => {
    const scores = Float32Array.of(0.25, 0.75, 0.5, 0.5);
    expect(measure(metrics.perplexity, [{ classCount: 2, wanted: [0, 1], scores }])).toBeCloseTo(
      Math.sqrt(4 * 2),
      12,
    );
    const large = Float32Array.of(1000, 1000, 1000, 1000);
    expect(measure(metrics.perplexity, [{ classCount: 4, wanted: [2], scores: large }])).toBeCloseTo(4, 12);
    const impossible = { classCount: 2, wanted: [0], scores: Float32Array.of(0, 1) };
    expect(measure(metrics.perplexity, [impossible])).toBe(Infinity);
  });
});

describe('positive-rate', () => {
  const rate = (...probabilities: number[]) =>
    measure(
      metrics['positive-rate'],
      probabilities.map((probability) => ({ probability })),
    );

  it('is the share above one half, of probabilities only', () => {
    expect(rate(0, 0.5, 0.51, 1)).toBe(0.5);
    expect(rate(-0.004, 1.004)).toBe(0.5);
    expect(rate(0.2, 1.2)).toBeUndefined();
    expect(rate(0.2, -0.2)).toBeUndefined();
    expect(rate(Number.NaN)).toBeUndefined();
  });
});

it('every task has one primary metric where there is something to be right about', () => {
  const primary = Object.values<Metric>(metrics).filter(({ isPrimary }) => isPrimary);
  expect(primary.map(({ task }) => task).sort()).toEqual(['classification', 'regression', 'sequence']);
});
