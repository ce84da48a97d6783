import { expect, it } from 'vitest';
import { quantile } from './quantile.ts';

it('interpolates as numpy.quantile does', () => {
  const values = [1, 2, 4, 8];
  expect(quantile(values, 0)).toBe(1);
  expect(quantile(values, 1)).toBe(8);
  expect(quantile(values, 0.5)).toBe(3);
  expect(quantile(values, 0.25)).toBe(1.75);
  expect(quantile(values, 0.9)).toBeCloseTo(6.8, 12);
  expect(quantile([7], 0.3)).toBe(7);
});
