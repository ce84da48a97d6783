import { expect, test } from 'vitest';
import { formatBytes } from './format-bytes.ts';
import { formatCount } from './format-count.ts';

test.each([
  [0, '0\u202fB'],
  [812, '812\u202fB'],
  [999, '999\u202fB'],
  [1000, '1.00\u202fkB'],
  [305_120, '305\u202fkB'],
  [999_499, '999\u202fkB'],
  [999_501, '1.00\u202fMB'],
  [13_964_571, '14.0\u202fMB'],
  [2_147_483_648, '2.15\u202fGB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [999, '999'],
  [272_474, '272\u202fk'],
  [40_813_184, '40.8\u202fM'],
  [3_860_000_000, '3.86\u202fG'],
])('%d is %s', (count, text) => {
  expect(formatCount(count)).toBe(text);
});
