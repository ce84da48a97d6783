import { expect, test } from 'vitest';
import { formatPercent } from './format-percent.ts';

test.each([
  [0.9931, 1, '99.3\u202f%'],
  [0.9167, 2, '91.67\u202f%'],
  [1, 1, '100.0\u202f%'],
  [0, 1, '0.0\u202f%'],
  [0.9997, 1, '99.97\u202f%'],
  [0.99995, 1, '99.995\u202f%'],
  [0.0001, 1, '0.01\u202f%'],
])('%d with %d decimals is %s', (fraction, decimals, text) => {
  expect(formatPercent(fraction, decimals)).toBe(text);
});
