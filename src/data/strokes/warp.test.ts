import { expect, test } from 'vitest';
import { Rng } from '../../base/rng.ts';
import { warp } from './warp.ts';

test('points that coincide stay together, also across strokes', () => {
  const paths = [Float64Array.of(10, 20, 35, 50), Float64Array.of(35, 50, 60, 90)];
  warp(paths, new Rng(3));
  expect(paths[0].slice(2)).toEqual(paths[1].slice(0, 2));
  expect(paths[0][0]).not.toBe(10);
});

test('the displacement along a straight line is a cubic: its fourth difference is zero', () => {
  for (const seed of [1, 2, 3]) {
    const path = Float64Array.from([0, 1, 2, 3, 4].flatMap((i) => [5 + 12 * i, 40]));
    warp([path], new Rng(seed));
    const fourth = (offset: number) =>
      [1, -4, 6, -4, 1].reduce((sum, weight, i) => sum + weight * path[2 * i + offset], 0);
    expect(fourth(0)).toBeCloseTo(0, 10);
    expect(fourth(1)).toBeCloseTo(0, 10);
  }
});

test('a corner of the box moves as its lattice point does', () => {
  const count = 20_000;
  const rng = new Rng(9);
  let meanSquare = 0;
  for (let i = 0; i < count; i++) {
    const path = Float64Array.of(0, 0);
    warp([path], rng);
    meanSquare += (path[0] ** 2 + path[1] ** 2) / (2 * count);
  }
  // E[w²] for w uniform in 7..21 is (21³ − 7³) / (3 · 14); four standard errors are about 2.5 %.
  const expected = (21 ** 3 - 7 ** 3) / 42;
  expect(Math.abs(meanSquare / expected - 1)).toBeLessThan(0.04);
});
