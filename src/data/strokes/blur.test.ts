import { expect, test } from 'vitest';
import { blur } from './blur.ts';
import { SIDE } from './rasterize.ts';

function dotAt(row: number, column: number): Float64Array {
  const image = new Float64Array(SIDE * SIDE);
  image[row * SIDE + column] = 1;
  return image;
}

test('a dot becomes the outer product of the kernel with itself', () => {
  const image = dotAt(10, 17);
  blur(image, 0.25);
  const kernel = [0.25, 0.5, 0.25];
  const expected = new Float64Array(SIDE * SIDE);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) expected[(9 + i) * SIDE + 16 + j] = kernel[i] * kernel[j];
  }
  expect(image).toEqual(expected);
});

test('at the border ink leaves the image instead of wrapping to the next row', () => {
  const image = dotAt(3, SIDE - 1);
  blur(image, 0.25);
  expect(image[4 * SIDE]).toBe(0);
  expect(image.reduce((sum, ink) => sum + ink)).toBe(0.75);
});

test('a spread of 0 changes nothing', () => {
  const image = dotAt(0, 0);
  blur(image, 0);
  expect(image).toEqual(dotAt(0, 0));
});
