import { expect, test } from 'vitest';
import { formatPoints } from './format-points.ts';

test.each([
  [
    [0.1, -0.4, 0.6],
    ['0.1', '−0.4', '0.6'],
  ],
  [
    [0.1, -0.06, 0.26],
    ['0.10', '−0.06', '0.26'],
  ],
  [
    [0, 2.57],
    ['0', '2.6'],
  ],
  [[0.004], ['0.004']],
])('%j are %j', (points, texts) => {
  expect(formatPoints(...points)).toEqual(texts);
});
