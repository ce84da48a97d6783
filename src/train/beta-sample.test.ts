import { expect, test } from 'vitest';
import { Rng } from '../base/rng.ts';
import { betaSample } from './beta-sample.ts';

test.each([0.2, 1, 4])('Beta(%d, same): mean ½ and variance 1 / (8α + 4)', (alpha) => {
  const rng = new Rng(1);
  const numbers = Array.from({ length: 20000 }, () => betaSample(alpha, rng));
  const mean = numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
  const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length;
  expect(mean).toBeCloseTo(0.5, 1);
  expect(variance * (8 * alpha + 4)).toBeGreaterThan(0.95);
  expect(variance * (8 * alpha + 4)).toBeLessThan(1.05);
});

test('tiny shapes give 0 or 1, never NaN', () => {
  const rng = new Rng(2);
  for (let i = 0; i < 200; i++) {
    const share = betaSample(1e-4, rng);
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
  }
});
