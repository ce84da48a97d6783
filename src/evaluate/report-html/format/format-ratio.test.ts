import { expect, test } from 'vitest';
import { formatRatio } from './format-ratio.ts';

test.each([
  [3.606, '3.6×'],
  [1.04, '1.04×'],
  [0.885, '0.89×'],
  [9.96, '10×'],
  [12.4, '12×'],
  [Number.POSITIVE_INFINITY, '∞×'],
])('%d is %s', (ratio, text) => {
  expect(formatRatio(ratio)).toBe(text);
});
