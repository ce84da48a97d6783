import { expect, test } from 'vitest';
import { formatDuration } from './format-duration.ts';
import { formatMilliseconds } from './format-milliseconds.ts';

test.each([
  [0.214, '0.214\u202fs'],
  [21.7, '21.7\u202fs'],
  [192.4, '3\u202fmin 12\u202fs'],
  [7500, '2\u202fh 5\u202fmin'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0.443, '0.443\u202fms'],
  [12.34, '12.3\u202fms'],
  [12_340, '12.3\u202fs'],
])('%d milliseconds are %s', (milliseconds, text) => {
  expect(formatMilliseconds(milliseconds)).toBe(text);
});
