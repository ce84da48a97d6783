import { expect, test } from 'vitest';
import { Rng } from '../../base/rng.ts';
import { SIDE } from './rasterize.ts';
import { scan } from './scan.ts';

test('empty paper stays mostly 0, with grain of 15 to 74 levels', () => {
  let shown = 0;
  for (let seed = 0; seed < 50; seed++) {
    for (const grey of scan(new Float64Array(SIDE * SIDE), new Rng(seed))) {
      if (grey === 0) continue;
      shown++;
      // 255 · 0.06 = 15.3, and at most 255 · 0.14 · 0.6 · 3.451 = 73.9.
      expect(grey).toBeGreaterThanOrEqual(15);
      expect(grey).toBeLessThanOrEqual(74);
    }
  }
  expect(shown / (50 * SIDE * SIDE)).toBeGreaterThan(0.02);
  expect(shown / (50 * SIDE * SIDE)).toBeLessThan(0.25);
});

test('grain does not change the mean level of half-dark ink', () => {
  let mean = 0;
  for (let seed = 0; seed < 50; seed++) {
    const grey = scan(new Float64Array(SIDE * SIDE).fill(0.5), new Rng(seed));
    for (let row = 4; row < 24; row++) {
      for (let column = 4; column < 24; column++) mean += grey[row * SIDE + column] / (50 * 400);
    }
  }
  expect(mean).toBeCloseTo(127.5, 0);
});
