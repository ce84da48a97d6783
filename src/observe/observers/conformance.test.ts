import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rng } from '../../base/rng.ts';
import type { Observer, ObserverRecord, Range, RangeGoal } from '../observer.ts';
import { observers } from './index.generated.ts';

const goals: RangeGoal[] = [2, 3, 16, 255, 256, 65536].flatMap((levels) => [
  { levels, symmetric: false },
  { levels, symmetric: true },
]);

const distributions: Record<string, (rng: Rng) => number> = {
  normal: (rng) => rng.normal(),
  shifted: (rng) => 5 + rng.normal(),
  laplace: (rng) => Math.log(1 - rng.uniform()) * (rng.uniform() < 0.5 ? -1 : 1),
  relu: (rng) => Math.max(rng.normal(), 0),
  negative: (rng) => -Math.abs(rng.normal()) - 0.1,
  uniform: (rng) => 2 * rng.uniform() - 0.5,
  outliers: (rng) => rng.normal() * (rng.uniform() < 0.001 ? 1000 : 1),
  binary: (rng) => (rng.uniform() < 0.5 ? -1 : 1),
};

function draw(distribution: (rng: Rng) => number, length: number): Float32Array {
  const rng = new Rng(11);
  return Float32Array.from({ length }, () => distribution(rng));
}

function createDefault(record: ObserverRecord): Observer {
  return record.create(record.options.parse({}));
}

function observing(record: ObserverRecord, samples: readonly Float32Array[]): Observer {
  const observer = createDefault(record);
  for (const sample of samples) observer.observe(sample);
  return observer;
}

function extremesOf(values: Float32Array): Range {
  return { min: values.reduce((a, b) => Math.min(a, b)), max: values.reduce((a, b) => Math.max(a, b)) };
}

/** What every range must satisfy, whatever the observer. */
function expectValid(range: Range, goal: RangeGoal, seen: Range): void {
  const largest = Math.max(Math.abs(seen.min), Math.abs(seen.max));
  expect(Number.isFinite(range.min) && Number.isFinite(range.max)).toBe(true);
  expect(range.min).toBeLessThanOrEqual(0);
  expect(range.max).toBeGreaterThanOrEqual(0);
  expect([range.min, range.max].some((end) => Object.is(end, -0))).toBe(false);
  if (goal.symmetric) expect(range.min + range.max).toBe(0);
  expect(range.min).toBeGreaterThanOrEqual(goal.symmetric ? -largest : Math.min(seen.min, 0));
  expect(range.max).toBeLessThanOrEqual(goal.symmetric ? largest : Math.max(seen.max, 0));
}

// The index types each record by its own options; the suite only passes what the record's schema parsed.
const records = Object.entries<ObserverRecord>(observers as Record<string, ObserverRecord>);

describe.each(records)('%s', (key, record) => {
  it('is registered under its own kebab-case name, with a one-line summary and complete defaults', () => {
    expect(record.name).toBe(key);
    expect(key).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(record.summary).toMatch(/^[^\n]{10,100}$/);
    expect(() => record.options.parse({ unknownOption: 1 })).toThrow(/unknownOption/);
  });

  it.each(Object.entries(distributions))('gives valid ranges on %s values', (_, distribution) => {
    for (const length of [1, 7, 5000]) {
      const values = draw(distribution, length);
      const observer = observing(record, [values]);
      for (const goal of goals) expectValid(observer.range(goal), goal, extremesOf(values));
    }
  });

  it('gives valid ranges on any float32 values', () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(
        fc.array(float, { minLength: 1, maxLength: 20 }),
        fc.constantFrom(...goals),
        (values, goal) => {
          const sample = Float32Array.from(values);
          expectValid(observing(record, [sample]).range(goal), goal, extremesOf(sample));
        },
      ),
      { seed: 6, numRuns: 60 },
    );
  });

  it.each([7.5, -3, 1e-40, 3e38])('ends at a constant of %d', (constant) => {
    const value = Math.fround(constant);
    const observer = observing(record, [new Float32Array(100).fill(value)]);
    const range = { min: Math.min(value, 0), max: Math.max(value, 0) };
    expect(observer.range({ levels: 256, symmetric: false })).toEqual(range);
    const bound = Math.abs(value);
    expect(observer.range({ levels: 255, symmetric: true })).toEqual({ min: -bound, max: bound });
  });

  it('gives [0, 0] on zeros of either sign', () => {
    const observer = observing(record, [new Float32Array([0, -0, 0]), new Float32Array([-0])]);
    for (const goal of goals) expect(observer.range(goal)).toEqual({ min: 0, max: 0 });
  });

  it('ignores empty samples, and refuses a range of nothing', () => {
    const empty = new Float32Array(0);
    const nothing = expect.objectContaining({ name: 'PareError', code: 'nothing-observed' });
    for (const goal of goals) expect(() => observing(record, [empty]).range(goal)).toThrow(nothing);
    const sample = draw(distributions.normal, 100);
    const goal = { levels: 256, symmetric: false };
    expect(observing(record, [empty, sample, empty]).range(goal)).toEqual(
      observing(record, [sample]).range(goal),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %d unchanged', (bad) => {
    const observer = observing(record, [new Float32Array([-1, 2])]);
    const ranges = goals.map((goal) => observer.range(goal));
    expect(() => observer.observe(new Float32Array([5, bad]))).toThrow(
      expect.objectContaining({ name: 'PareError', code: 'non-finite-activation', got: String(bad) }),
    );
    expect(goals.map((goal) => observer.range(goal))).toEqual(ranges);
  });

  it('answers the same twice, and for two goals in either order', () => {
    const observer = observing(record, [draw(distributions.outliers, 3000)]);
    const forwards = goals.map((goal) => observer.range(goal));
    const backwards = goals.toReversed().map((goal) => observer.range(goal));
    expect(backwards.toReversed()).toEqual(forwards);
  });

  it('follows a change of scale by a power of two exactly', () => {
    const values = draw(distributions.laplace, 3000);
    const small = observing(record, [values]);
    const large = observing(record, [values.map((x) => x * 1024)]);
    for (const goal of goals) {
      const { min, max } = small.range(goal);
      expect(large.range(goal)).toEqual({ min: min * 1024, max: max * 1024 });
    }
  });
});

describe.each(records.filter(([, record]) => !record.isOrderSensitive))(
  '%s, insensitive to order',
  (_, record) => {
    it('gives the same range however the values are ordered and split', () => {
      const float = fc.oneof(
        fc.float({ min: -8, max: 8, noNaN: true }),
        fc.float({ min: -1e6, max: 1e6, noNaN: true }),
      );
      fc.assert(
        fc.property(fc.array(float, { minLength: 1, maxLength: 40 }), fc.nat(), (values, seed) => {
          const rng = new Rng(seed);
          const shuffled = Float32Array.from(rng.shuffle([...values]));
          const samples: Float32Array[] = [];
          for (let at = 0; at < shuffled.length; ) {
            const size = 1 + rng.below(5);
            samples.push(shuffled.subarray(at, at + size));
            at += size;
          }
          const whole = observing(record, [Float32Array.from(values)]);
          const split = observing(record, samples);
          for (const goal of goals.slice(4, 8)) expect(split.range(goal)).toEqual(whole.range(goal));
        }),
        { seed: 7, numRuns: 60 },
      );
    });
  },
);

describe.each(records.filter(([, record]) => record.isOrderSensitive))(
  '%s, sensitive to order',
  (_, record) => {
    it('depends on the order of the samples but not on that of the values within one', () => {
      const samples = [1, 5, 2].map((scale) => draw(distributions.normal, 50).map((x) => x * scale));
      const goal = { levels: 256, symmetric: false };
      const range = observing(record, samples).range(goal);
      expect(observing(record, samples.toReversed()).range(goal)).not.toEqual(range);
      expect(
        observing(
          record,
          samples.map((sample) => sample.toReversed()),
        ).range(goal),
      ).toEqual(range);
    });
  },
);
