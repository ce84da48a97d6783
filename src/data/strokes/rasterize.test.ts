import { expect, test } from 'vitest';
import type { Pen } from './pen.ts';
import { rasterize, SIDE } from './rasterize.ts';

const pen: Pen = { radius: 1.25, pressure: () => 1, ink: () => 0.8 };

test('a level line covers whole pixels inside its width and a quarter at its border', () => {
  const image = rasterize([Float64Array.of(8, 14, 20, 14)], pen);
  const column = Array.from({ length: SIDE }, (_, row) => image[row * SIDE + 12]);
  const expected = new Array(SIDE).fill(0);
  expected[13] = expected[14] = 0.8;
  // 1.5 pixels from the line: 1.25 + 0.5 − 1.5 = 0.25 of the ink.
  expected[12] = expected[15] = 0.25 * 0.8;
  expect(column).toEqual(expected);
});

test('the ends are round', () => {
  const image = rasterize([Float64Array.of(8, 14, 20, 14)], pen);
  // The centre of pixel (12, 21) lies 1.5 right of and 1.5 above the end.
  expect(image[12 * SIDE + 21]).toBe(0);
  const away = Math.hypot(1.5, 0.5);
  expect(image[13 * SIDE + 21]).toBeCloseTo(0.8 * (1.75 - away), 12);
});

test('swapping x and y of the path transposes the image', () => {
  const image = rasterize([Float64Array.of(3, 5, 9, 21, 22, 17)], pen);
  const swapped = rasterize([Float64Array.of(5, 3, 21, 9, 17, 22)], pen);
  expect(image.some((ink) => ink > 0)).toBe(true);
  for (let i = 0; i < image.length; i++) {
    expect(swapped[(i % SIDE) * SIDE + Math.floor(i / SIDE)]).toBeCloseTo(image[i], 12);
  }
});

test('where strokes cross the darker one wins', () => {
  const level = Float64Array.of(4, 14, 24, 14);
  const upright = Float64Array.of(14, 4, 14, 24);
  const one = rasterize([level], pen);
  const other = rasterize([upright], pen);
  expect(rasterize([level, upright], pen)).toEqual(one.map((ink, i) => Math.max(ink, other[i])));
});

test('a point is a dot, and a path outside leaves no ink', () => {
  const dot = rasterize([Float64Array.of(14.5, 14.5, 14.5, 14.5)], pen);
  expect(dot[14 * SIDE + 14]).toBe(0.8);
  expect(dot[14 * SIDE + 15]).toBeCloseTo(0.75 * 0.8, 12);
  expect(rasterize([Float64Array.of(-9, -9, 40, -5)], pen).every((ink) => ink === 0)).toBe(true);
});
