import { expect, test } from 'vitest';
import { parseSkeleton } from './parse-skeleton.ts';

test('reads points, corners and lifts of the pen', () => {
  expect(parseSkeleton('4,0 62,4! 28,100 | 16,52 60,48')).toEqual([
    [
      { x: 4, y: 0, isCorner: false },
      { x: 62, y: 4, isCorner: true },
      { x: 28, y: 100, isCorner: false },
    ],
    [
      { x: 16, y: 52, isCorner: false },
      { x: 60, y: 48, isCorner: false },
    ],
  ]);
});

test.each(['1,2', '1,2 3', '1,2  3,4', '1,2 3,4?', ''])('refuses "%s"', (text) => {
  expect(() => parseSkeleton(text)).toThrow(/needs two points|is no point of a skeleton/);
});
