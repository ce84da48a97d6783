import { check } from '../../base/check.ts';
import { cholesky } from './cholesky.ts';
import type { Moments } from './layer-moments.ts';
import { solveByCholesky } from './solve-by-cholesky.ts';

/** What rows of a weight should be, and what errors of them cost, given what they really read. */
export interface Target {
  /** W′, [rows, depth] */
  readonly weights: Float64Array;
  /** H, [depth, depth], positive definite. */
  readonly moments: Float64Array;
}

/** Part of the mean second moment that is added to each: inputs that were always 0 may not be so elsewhere. */
const DAMPING = 0.01;

/**
 * Least squares of what rows make of x̂ against what the float model makes of x: E|W·x − Ŵ·x̂|² = tr (Ŵ − W′)·H·(Ŵ − W′)ᵀ + const with
 * H = E x̂·x̂ᵀ + λ·1 and W′ = (W·E x·x̂ᵀ + λ·W)·H⁻¹: earlier layers' errors are made good as far as a linear map can.
 * @param isCentered the bias will take the mean: only what varies counts
 */
export function targetWeights(
  weights: Float64Array,
  { own, cross, realMean, idealMean }: Moments,
  isCentered: boolean,
): Target {
  const depth = realMean.length;
  const rows = weights.length / depth;
  const moments = own.slice();
  const mixed = cross.slice();
  if (isCentered)
    for (let i = 0; i < depth; i++)
      for (let k = 0; k < depth; k++) {
        moments[i * depth + k] -= realMean[i] * realMean[k];
        mixed[i * depth + k] -= idealMean[i] * realMean[k];
      }
  let trace = 0;
  for (let i = 0; i < depth; i++) trace += moments[i * depth + i];
  // Where nothing was read all errors count alike.
  const damping = DAMPING * (trace / depth) || 1;
  for (let i = 0; i < depth; i++) moments[i * depth + i] += damping;
  const factor = cholesky(moments, depth);
  check(factor !== undefined, () => 'second moments are not positive definite');
  const target = new Float64Array(weights.length);
  for (let row = 0; row < rows; row++) {
    const w = weights.subarray(row * depth, (row + 1) * depth);
    const b = w.map((x) => x * damping);
    for (let i = 0; i < depth; i++) for (let k = 0; k < depth; k++) b[k] += w[i] * mixed[i * depth + k];
    target.set(solveByCholesky(factor, depth, b), row * depth);
  }
  return { weights: target, moments };
}
