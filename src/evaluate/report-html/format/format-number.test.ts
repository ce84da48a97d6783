import { expect, test } from 'vitest';
import { formatFixed, formatNumber } from './format-number.ts';

test.each([
  [0, '0'],
  [4.5678, '4.57'],
  [-4.5678, '−4.57'],
  [0.012345, '0.0123'],
  [999.4, '999'],
  [999.7, '1\u202f000'],
  [12345.6, '12\u202f346'],
  [1234567, '1.23×10⁶'],
  [-0.0000123, '−1.23×10⁻⁵'],
  [1e-300, '1.00×10⁻³⁰⁰'],
  [Number.NaN, '–'],
  [Number.NEGATIVE_INFINITY, '−∞'],
])('%d is %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test.each([
  [1234567, 0, '1\u202f234\u202f567'],
  [-0.04, 1, '0.0'],
  [-0.06, 1, '−0.1'],
  [31.25, 1, '31.3'],
  [1e9, 1, '1.00×10⁹'],
])('%d with %d decimals is %s', (value, decimals, text) => {
  expect(formatFixed(value, decimals)).toBe(text);
});
