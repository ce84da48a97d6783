import { describe, expect, test } from 'vitest';
import { rateFactor } from '../rate-factor.ts';
import type { Schedule } from '../schedule.ts';
import { schedules } from './index.generated.ts';

/** Factors of a whole run. */
function course(schedule: Schedule, given: object = {}, steps = 100, warmUp = 0): number[] {
  const options = schedule.options.parse(given);
  return Array.from({ length: steps }, (_, step) =>
    rateFactor(schedule, options, { step, steps, stepsPerEpoch: 10 }, warmUp),
  );
}

describe('values', () => {
  test('constant', () => expect(new Set(course(schedules.constant))).toEqual(new Set([1])));

  test('step falls after half and after three quarters', () => {
    const factors = course(schedules.step);
    expect(factors[49]).toBe(1);
    expect(factors[50]).toBeCloseTo(0.1, 12);
    expect(factors[74]).toBeCloseTo(0.1, 12);
    expect(factors[75]).toBeCloseTo(0.01, 12);
  });

  test('step falls at milestones that are no multiple of a step, whatever their order', () => {
    const factors = course(schedules.step, { milestones: [0.66, 1 / 3], gamma: 0.5 }, 3);
    expect(factors).toEqual([1, 0.5, 0.25]);
  });

  test('step falls every so many epochs', () => {
    const factors = course(schedules.step, { every: 2, gamma: 0.5 });
    expect([19, 20, 39, 40, 99].map((i) => factors[i])).toEqual([1, 0.5, 0.5, 0.25, 0.0625]);
  });

  test('step takes milestones or epochs, not both', () =>
    expect(schedules.step.options.safeParse({ every: 2, milestones: [0.5] }).success).toBe(false));

  test('cosine', () => {
    const factors = course(schedules.cosine, { end: 0.2 });
    expect(factors[0]).toBe(1);
    expect(factors[25]).toBeCloseTo(0.2 + 0.4 * (1 + Math.SQRT1_2), 12);
    expect(factors[50]).toBeCloseTo(0.6, 12);
    expect(factors[99]).toBeLessThan(0.201);
  });

  test('polynomial', () => {
    expect(course(schedules.polynomial)[75]).toBeCloseTo(0.25, 12);
    expect(course(schedules.polynomial, { power: 2, end: 0.1 })[50]).toBeCloseTo(0.1 + 0.9 * 0.25, 12);
  });

  test('one-cycle', () => {
    const factors = course(schedules['one-cycle']);
    expect(factors[0]).toBeCloseTo(1 / 25, 12);
    expect(factors[15]).toBeCloseTo((1 + 1 / 25) / 2, 12);
    expect(factors[30]).toBe(1);
    expect(factors[65]).toBeCloseTo((1 + 1e-4) / 2, 12);
    expect(factors[99]).toBeLessThan(1e-3);
    expect(factors[99]).toBeGreaterThan(1e-4);
  });

  test('warm-up', () => {
    const factors = course(schedules['warm-up'], { fraction: 0.04 });
    expect(factors.slice(0, 6)).toEqual([1 / 5, 2 / 5, 3 / 5, 4 / 5, 1, 1]);
  });

  test('a rise before a schedule leaves it the rest of the run', () => {
    const factors = course(schedules.polynomial, {}, 10, 0.2);
    expect(factors[0]).toBeCloseTo(1 / 3, 12);
    expect(factors[1]).toBeCloseTo(2 / 3, 12);
    expect(factors[2]).toBe(1);
    expect(factors[6]).toBeCloseTo(0.5, 12);
    expect(factors[9]).toBeCloseTo(1 / 8, 12);
  });
});

describe.each(Object.entries<Schedule>(schedules))('%s', (name, schedule) => {
  test('is called as its file', () => expect(schedule.name).toBe(name));

  test.each([1, 2, 7, 100])('stays above 0, at most 1, over %i steps', (steps) => {
    for (const warmUp of [0, 0.1, 1])
      for (const factor of course(schedule, {}, steps, warmUp)) {
        expect(factor).toBeGreaterThan(0);
        expect(factor).toBeLessThanOrEqual(1);
      }
  });

  test('reaches 1', () => expect(Math.max(...course(schedule))).toBeCloseTo(1, 12));

  test('refuses options it does not know', () =>
    expect(schedule.options.safeParse({ nonsense: 1 }).success).toBe(false));
});
