import { expect, test } from 'vitest';
import { blankSample } from './blank-sample.ts';

/** Two samples that fall: the last of the second is the smallest. */
const falling = (length: number) => Float32Array.from({ length }, (_, i) => -i);

test('of images each channel has its own black', () => {
  const planes = blankSample(falling(2 * 2 * 25), [2, 5, 5]);
  expect([...new Set(planes)]).toEqual([-74, -99]);
  expect(planes[24]).toBe(-74);
  expect(planes[25]).toBe(-99);
  const beside = blankSample(falling(2 * 2 * 25), [5, 5, 2]);
  expect([...beside.slice(0, 4)]).toEqual([-98, -99, -98, -99]);
});

test('of features the smallest number, of waveforms 0', () => {
  expect(blankSample(falling(2 * 30), [1, 10, 3])[0]).toBe(-59);
  expect(new Set(blankSample(falling(20), [10]))).toEqual(new Set([0]));
  expect(new Set(blankSample(falling(40), [2, 10]))).toEqual(new Set([0]));
});
