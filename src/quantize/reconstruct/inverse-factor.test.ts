import { expect, test } from 'vitest';
import { Rng } from '../../base/rng.ts';
import { cholesky } from './cholesky.ts';
import { inverseFactor } from './inverse-factor.ts';
import { solveByCholesky } from './solve-by-cholesky.ts';

const N = 9;

function drawPositive(seed: number): Float64Array {
  const rng = new Rng(seed);
  const a = Float64Array.from({ length: N * N }, () => rng.normal());
  return Float64Array.from({ length: N * N }, (_, at) => {
    const [i, k] = [Math.floor(at / N), at % N];
    let sum = i === k ? 0.1 : 0;
    for (let j = 0; j < N; j++) sum += a[i * N + j] * a[k * N + j];
    return sum;
  });
}

test('H·UᵀU is 1, rows and columns in any order, and U upper triangular', () => {
  const h = drawPositive(1);
  const order = Uint32Array.of(3, 0, 8, 1, 7, 2, 6, 4, 5);
  const u = inverseFactor(h, N, order);
  for (let i = 0; i < N; i++)
    for (let k = 0; k < N; k++) {
      if (k < i) expect(u[i * N + k]).toBe(0);
      let sum = 0;
      for (let a = 0; a < N; a++)
        for (let b = 0; b < N; b++) sum += h[order[i] * N + order[a]] * u[b * N + a] * u[b * N + k];
      expect(sum).toBeCloseTo(i === k ? 1 : 0, 8);
    }
});

test('systems are solved', () => {
  const h = drawPositive(2);
  const x = Float64Array.from({ length: N }, (_, i) => i - 3);
  const b = x.map((_, i) => x.reduce((sum, value, k) => sum + h[i * N + k] * value, 0));
  const found = solveByCholesky(cholesky(h, N)!, N, b);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(x[i], 8);
});

test('what is not positive definite has no factor', () => {
  expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined();
  expect(cholesky(Float64Array.of(Number.NaN), 1)).toBeUndefined();
});
