import { expect, test } from 'vitest';
import { Rng } from '../../base/rng.ts';
import { bell } from './bell.ts';

test('moments are those of a sum of four uniform bytes, scaled to variance 1', () => {
  const count = 100_000;
  const rng = new Rng(5);
  let [first, second, fourth, largest] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const x = bell(rng);
    first += x / count;
    second += (x * x) / count;
    fourth += x ** 4 / count;
    largest = Math.max(largest, Math.abs(x));
  }
  // Tolerances are four standard errors. Irwin–Hall of n terms has kurtosis 3 − 1.2 / n.
  expect(Math.abs(first)).toBeLessThan(4 / Math.sqrt(count));
  expect(Math.abs(second - 1)).toBeLessThan(4 * Math.sqrt(1.7 / count));
  expect(fourth).toBeCloseTo(2.7, 1);
  expect(largest).toBeLessThanOrEqual(510 / Math.sqrt(21845));
});
