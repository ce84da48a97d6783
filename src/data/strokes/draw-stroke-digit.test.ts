import { expect, test } from 'vitest';
import { Rng } from '../../base/rng.ts';
import { drawStrokeDigit } from './draw-stroke-digit.ts';

const PIXELS = 784;

/** `count` images of digits 0, 1, … 9, 0, … drawn one after the other from one generator. */
function drawMany(count: number, seed: number): { image: Uint8Array; digit: number }[] {
  const rng = new Rng(seed);
  return Array.from({ length: count }, (_, i) => ({ image: drawStrokeDigit(i % 10, rng), digit: i % 10 }));
}

/** FNV-1a, 32 bits. */
function fingerprint(images: readonly Uint8Array[]): string {
  let hash = 0x811c9dc5;
  for (const byte of images.flatMap((image) => [...image])) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

test.each([
  [1, '96ead73a'],
  [2, '853f7909'],
  [4294967295, '54b594a5'],
])('seed %i gives the same bytes on every platform', (seed, expected) => {
  expect(fingerprint(drawMany(50, seed).map(({ image }) => image))).toBe(expected);
});

test('the state of the generator alone decides the image', () => {
  const rng = new Rng(6);
  const first = drawStrokeDigit(3, rng);
  expect(drawStrokeDigit(3, rng)).not.toEqual(first);
  expect(drawStrokeDigit(3, new Rng(6))).toEqual(first);
});

test('every image has ink, but never much: 1.5 to 40 percent of full ink, with a dark line', () => {
  for (const { image } of drawMany(3000, 3)) {
    expect(image.length).toBe(PIXELS);
    const ink = image.reduce((sum, grey) => sum + grey, 0) / (255 * PIXELS);
    expect(ink).toBeGreaterThan(0.015);
    expect(ink).toBeLessThan(0.4);
    expect(Math.max(...image)).toBeGreaterThan(100);
  }
});

test('on average the ink lies in the middle, and about 72 percent of the pixels are paper', () => {
  let [ink, row, column, paper] = [0, 0, 0, 0];
  const drawn = drawMany(3000, 4);
  for (const { image } of drawn) {
    for (const [i, grey] of image.entries()) {
      ink += grey;
      row += grey * Math.floor(i / 28);
      column += grey * (i % 28);
      if (grey === 0) paper++;
    }
  }
  expect(Math.abs(row / ink - 13.5)).toBeLessThan(0.7);
  expect(Math.abs(column / ink - 13.5)).toBeLessThan(0.7);
  expect(paper / (drawn.length * PIXELS)).toBeGreaterThan(0.68);
  expect(paper / (drawn.length * PIXELS)).toBeLessThan(0.76);
});

test('is no task for a nearest-centroid classifier: well above chance, far below the CNN in examples/strokes', () => {
  const centroids = Array.from({ length: 10 }, () => new Float64Array(PIXELS));
  const perDigit = 400;
  for (const { image, digit } of drawMany(10 * perDigit, 1)) {
    for (const [i, grey] of image.entries()) centroids[digit][i] += grey / perDigit;
  }
  const held = drawMany(2000, 2);
  const right = held.filter(({ image, digit }) => nearest(centroids, image) === digit).length;
  expect(right / held.length).toBeGreaterThan(0.4);
  expect(right / held.length).toBeLessThan(0.7);
});

test.each([-1, 10, 1.5, Number.NaN])('%d is no digit', (digit) => {
  expect(() => drawStrokeDigit(digit, new Rng(1))).toThrow(`digit must be an integer 0..9, got ${digit}`);
});

function nearest(centroids: readonly Float64Array[], image: Uint8Array): number {
  const distances = centroids.map((centroid) =>
    centroid.reduce((sum, value, i) => sum + (value - image[i]) ** 2, 0),
  );
  return distances.indexOf(Math.min(...distances));
}
