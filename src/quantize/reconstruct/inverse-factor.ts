import { check } from '../../base/check.ts';
import { cholesky } from './cholesky.ts';

/**
 * The upper triangular U of H⁻¹ = Uᵀ·U, n × n, with rows and columns of H in another order. With J turning the order around,
 * J·H·J = L·Lᵀ gives H = M·Mᵀ with M = J·L·J upper triangular, and U = M⁻¹ read from behind: no inverse is formed.
 */
export function inverseFactor(h: Float64Array, n: number, order: Uint32Array): Float64Array {
  const turned = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) turned[i * n + j] = h[order[n - 1 - i] * n + order[n - 1 - j]];
  const l = cholesky(turned, n);
  check(l !== undefined, () => 'second moments are not positive definite');
  const inverse = invertLower(l, n);
  // U = (J·L·J)⁻¹ = J·L⁻¹·J, which is upper triangular.
  const u = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = i; j < n; j++) u[i * n + j] = inverse[(n - 1 - i) * n + (n - 1 - j)];
  return u;
}

function invertLower(l: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = inverse.subarray(i * n, (i + 1) * n);
    for (let k = 0; k < i; k++) {
      const factor = l[i * n + k];
      if (factor === 0) continue;
      const other = inverse.subarray(k * n, k * n + k + 1);
      for (let j = 0; j <= k; j++) row[j] -= factor * other[j];
    }
    const scale = 1 / l[i * n + i];
    for (let j = 0; j < i; j++) row[j] *= scale;
    row[i] = scale;
  }
  return inverse;
}
