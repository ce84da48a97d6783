import { describe, expect, it } from 'vitest';
import { expectedSquaredError } from './expected-squared-error.ts';

/** Squared error of one value on the grid (k − z)·step, k in 0..levels−1, by trying every grid point. */
function squaredError(x: number, step: number, z: number, levels: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < levels; k++) least = Math.min(least, (x - (k - z) * step) ** 2);
  return least;
}

/** Mean over the cell by the midpoint rule. */
function meanOver(from: number, to: number, f: (x: number) => number): number {
  const points = 20000;
  let sum = 0;
  for (let i = 0; i < points; i++) sum += f(from + ((to - from) * (i + 0.5)) / points);
  return sum / points;
}

describe('expectedSquaredError', () => {
  const edges = Float64Array.of(-3.5, -2, -0.3, 0, 0.25, 0.5, 4);
  const counts = Float64Array.of(2, 1, 5, 0, 3, 1);

  it.each([
    { range: { min: -2, max: 2 }, levels: 5, z: 2 },
    { range: { min: -2, max: 2 }, levels: 4, z: 2 }, // −min/Δ = 1.5 goes to the even 2
    { range: { min: -1, max: 2 }, levels: 2, z: 0 },
    { range: { min: 0, max: 3 }, levels: 7, z: 0 },
    { range: { min: -3, max: 0 }, levels: 7, z: 6 },
    { range: { min: -3.5, max: 4 }, levels: 256, z: 119 },
  ])('equals numeric integration over a grid searched point by point: %o', ({ range, levels, z }) => {
    const step = (range.max - range.min) / (levels - 1);
    let expected = 0;
    for (const [i, count] of counts.entries()) {
      expected += count * meanOver(edges[i], edges[i + 1], (x) => squaredError(x, step, z, levels));
    }
    const error = expectedSquaredError({ edges, counts }, range, levels);
    // The midpoint rule at 20 000 points of a piecewise parabola.
    expect(Math.abs(error / expected - 1)).toBeLessThan(1e-5);
  });

  it('is Δ²/12 a value where the step is much finer than the cells, at 16 bits too', () => {
    const cells = { edges: Float64Array.of(-1, 1), counts: Float64Array.of(7) };
    const step = 2 / 65534;
    const error = expectedSquaredError(cells, { min: -1, max: 1 }, 65535);
    expect(Math.abs(error / ((7 * step * step) / 12) - 1)).toBeLessThan(1e-9);
  });

  it('is pure clipping beyond the range', () => {
    const cells = { edges: Float64Array.of(5, 6), counts: Float64Array.of(1) };
    // ∫₅⁶ (x − 2)² dx = (4³ − 3³)/3
    expect(expectedSquaredError(cells, { min: 0, max: 2 }, 3)).toBeCloseTo(37 / 3, 12);
  });

  it('is 0 without cells', () => {
    const cells = { edges: new Float64Array(1), counts: new Float64Array(0) };
    expect(expectedSquaredError(cells, { min: -1, max: 1 }, 4)).toBe(0);
  });
});
