import { roundHalfEven } from '../tensor/round-half-even.ts';
import type { Range } from './observer.ts';
import type { HistogramCells } from './streaming-histogram.ts';

/** Adding and subtracting 1.5·2⁵² rounds to the nearest integer, ties to even, for |x| < 2⁵¹. */
const ROUNDER = 6755399441055744;

/**
 * Sum of squared errors when the values of `cells` are quantized to `levels` even steps over `range` (contains 0, not
 * empty): grid points (k − z)·Δ with k in 0..levels−1, Δ = (max − min)/(levels − 1), z = round(−min/Δ), as the
 * quantizer itself places them, so 0 is on the grid. Rounding and clipping noise both, exact for values evenly spread
 * within each cell, however wide Δ is against the cell. Exact zeros, which no cell holds, have no error.
 *
 * With u = x/Δ and n the grid index nearest to u after clamping, ∫(u − n)² du = n/12 + (u − n)³/3: each whole step
 * passed adds 1/12, and beyond the ends n stays while the cube grows. It is continuous, so a cell [a, b] costs
 * count·Δ²·(G(b) − G(a))/(u_b − u_a).
 */
export function expectedSquaredError(cells: HistogramCells, range: Range, levels: number): number {
  const { edges, counts } = cells;
  const perStep = (levels - 1) / (range.max - range.min);
  // In this order a symmetric range gives exactly (levels − 1)/2, so that an even number of levels ties to even.
  const lowest = -roundHalfEven((-range.min / (range.max - range.min)) * (levels - 1));
  const highest = levels - 1 + lowest;
  let sum = 0;
  let from = edges[0] * perStep;
  let integralFrom = errorIntegral(from, lowest, highest);
  for (let i = 0; i < counts.length; i++) {
    const to = edges[i + 1] * perStep;
    const integralTo = errorIntegral(to, lowest, highest);
    if (counts[i] > 0) sum += (counts[i] * (integralTo - integralFrom)) / (to - from);
    from = to;
    integralFrom = integralTo;
  }
  return sum / (perStep * perStep);
}

function errorIntegral(u: number, lowest: number, highest: number): number {
  let n = u + ROUNDER - ROUNDER;
  if (n < lowest) n = lowest;
  if (n > highest) n = highest;
  const offset = u - n;
  return n / 12 + (offset * offset * offset) / 3;
}
