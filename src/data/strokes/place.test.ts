import { expect, test } from 'vitest';
import { Rng } from '../../base/rng.ts';
import { place } from './place.ts';

function box(path: Float64Array): { middle: [number, number]; extent: number } {
  const x = path.filter((_, i) => i % 2 === 0);
  const y = path.filter((_, i) => i % 2 === 1);
  const [left, right, top, bottom] = [Math.min(...x), Math.max(...x), Math.min(...y), Math.max(...y)];
  return { middle: [(left + right) / 2, (top + bottom) / 2], extent: Math.max(right - left, bottom - top) };
}

test('is affine: the middle of two points stays their middle', () => {
  for (const seed of [1, 2, 3]) {
    const path = Float64Array.of(0, 0, 35, 50, 70, 100, 0, 100);
    place([path], new Rng(seed));
    expect(path[2]).toBeCloseTo((path[0] + path[4]) / 2, 10);
    expect(path[3]).toBeCloseTo((path[1] + path[5]) / 2, 10);
  }
});

test('is never longer than 22 pixels and lies near the middle', () => {
  const count = 5000;
  const rng = new Rng(4);
  const mean = [0, 0];
  let longest = 0;
  for (let i = 0; i < count; i++) {
    const path = Float64Array.of(0, 0, 70, 10, 5, 110, 60, 95);
    place([path], rng);
    const { middle, extent } = box(path);
    longest = Math.max(longest, extent);
    mean[0] += middle[0] / count;
    mean[1] += middle[1] / count;
    expect(Math.hypot(middle[0] - 14, middle[1] - 14)).toBeLessThan(5.5);
  }
  expect(longest).toBeCloseTo(22, 10);
  expect(mean[0]).toBeCloseTo(14, 1);
  expect(mean[1]).toBeCloseTo(14, 1);
});
