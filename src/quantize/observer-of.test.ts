import { describe, expect, it } from 'vitest';
import { observers } from '../observe/observers/index.generated.ts';
import { observerOf } from './observer-of.ts';
import { quantizeOptions } from './options.ts';

const goal = { levels: 256, symmetric: false };

describe('observerOf', () => {
  it.each(Object.keys(observers))('makes %s, a new one each time', (name) => {
    const create = observerOf(name);
    expect(create()).not.toBe(create());
    const observer = create();
    observer.observe(Float32Array.of(0, 1, 2, 3));
    expect(observer.range(goal).max).toBeGreaterThan(0);
  });

  it('hands the number on', () => {
    const [half, all] = ['percentile:50', 'percentile:100'].map((text) => observerOf(text)());
    for (const observer of [half, all])
      observer.observe(Float32Array.from({ length: 1000 }, (_, i) => i / 1000));
    expect(all.range(goal).max).toBeCloseTo(0.999, 2);
    expect(half.range(goal).max).toBeLessThan(0.8);
  });

  it.each([
    ['minmax:3', 'minmax has no parameter'],
    ['percentile:', 'one number belongs behind the colon'],
    ['percentile:99:9', 'one number belongs behind the colon'],
    ['percentile:much', 'expected number'],
    ['percentile:101', '100'],
    ['percentile:-1', 'Too small'],
  ])('refuses %s', (text, reason) => {
    expect(() => observerOf(text)).toThrow(
      expect.objectContaining({
        code: 'bad-observer',
        isUsage: true,
        message: expect.stringContaining(reason),
      }),
    );
  });

  it('lists the known ones for an unknown one', () => {
    expect(() => observerOf('median')).toThrow(/median/);
    try {
      observerOf('median');
    } catch (error) {
      expect(JSON.stringify({ ...(error as object), message: (error as Error).message })).toContain(
        'entropy',
      );
    }
  });
});

describe('the option', () => {
  it.each(['percentile:99.9', ...Object.keys(observers)])('takes %s', (observer) => {
    expect(quantizeOptions.parse({ observer }).observer).toBe(observer);
  });

  it.each(['median', 'percentile:', 'percentile:a', 'minmax ', ''])('refuses "%s"', (observer) => {
    expect(quantizeOptions.safeParse({ observer }).success).toBe(false);
  });
});
