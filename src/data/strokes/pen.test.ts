import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Rng } from '../../base/rng.ts';
import { choosePen } from './pen.ts';

test('line width, pressure and darkness stay within their bounds', () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, progress) => {
      const pen = choosePen(new Rng(seed));
      const pressure = pen.pressure(progress);
      expect(pen.radius).toBeGreaterThanOrEqual(0.55);
      // The bell's tail ends at 510 / √21845 = 3.451.
      expect(pen.radius).toBeLessThan(1.15 + 0.28 * 3.46);
      expect(pressure).toBeGreaterThanOrEqual(0.45);
      expect(pressure).toBeLessThanOrEqual(1.4);
      expect(pen.ink(pressure)).toBeGreaterThan(0.4);
      expect(pen.ink(pressure)).toBeLessThanOrEqual(1);
    }),
  );
});

test('less pressure never gives a darker line', () => {
  const pen = choosePen(new Rng(11));
  expect(pen.ink(0.5)).toBeLessThan(pen.ink(0.9));
  expect(pen.ink(1.3)).toBe(pen.ink(1));
});
