import { expect, test } from 'vitest';
import { smoothField } from './smooth-field.ts';

test.each([1, 2.5, 4, 7])('spreads a point as a Gaussian of sigma %d', (sigma) => {
  const side = 81;
  const field = new Float32Array(side * side);
  field[40 * side + 40] = 1;
  smoothField(field, { height: side, width: side }, sigma, new Float32Array(side * side));
  let [sum, across, down] = [0, 0, 0];
  for (const [i, x] of field.entries()) {
    sum += x;
    across += x * ((i % side) - 40) ** 2;
    down += x * (Math.floor(i / side) - 40) ** 2;
  }
  expect(sum).toBeCloseTo(1, 4);
  expect(Math.sqrt(across)).toBeCloseTo(sigma, 3);
  expect(Math.sqrt(down)).toBeCloseTo(sigma, 3);
  const peak = field[40 * side + 40] * 2 * Math.PI * sigma * sigma;
  expect(Math.abs(peak - 1)).toBeLessThan(0.15);
});

test('beyond the borders is 0: a field of ones falls towards them, alike on both sides', () => {
  const field = new Float32Array(9).fill(1);
  smoothField(field, { height: 1, width: 9 }, 1.5, new Float32Array(9));
  for (let i = 0; i < 4; i++) {
    expect(field[i]).toBeLessThan(field[i + 1]);
    expect(field[i]).toBeCloseTo(field[8 - i], 6);
  }
});

test('a sigma far wider than the field leaves little', () => {
  const field = new Float32Array(6).fill(1);
  smoothField(field, { height: 1, width: 6 }, 40, new Float32Array(6));
  for (const x of field) expect(x).toBeLessThan(0.01);
  for (const x of field) expect(x).toBeGreaterThan(0);
});
