import type { Rng } from '../../base/rng.ts';
import { bell } from './bell.ts';

/** How far lattice points wander (standard deviation in percent of the digit's height): from a tidy hand to a wild one. */
const TIDY = 7;
const WILD = 21;
const ORDER = 4;

/**
 * Bends paths in place: a free-form deformation (Sederberg & Parry 1986), that is a 4 × 4 lattice of random offsets over
 * the digit's box, blended by cubic Bernstein polynomials. Smooth, and points that coincide stay together.
 * Paths are `[x0, y0, …]` in percent of the digit's height.
 */
export function warp(paths: readonly Float64Array[], rng: Rng): void {
  const wander = TIDY + (WILD - TIDY) * rng.uniform();
  const offsetsX = drawOffsets(wander, rng);
  const offsetsY = drawOffsets(wander, rng);
  const across = new Float64Array(ORDER);
  const down = new Float64Array(ORDER);
  for (const path of paths) {
    for (let i = 0; i < path.length; i += 2) {
      bernstein(path[i] / 70, across);
      bernstein(path[i + 1] / 100, down);
      path[i] += blend(offsetsX, across, down);
      path[i + 1] += blend(offsetsY, across, down);
    }
  }
}

function drawOffsets(wander: number, rng: Rng): Float64Array {
  const offsets = new Float64Array(ORDER * ORDER);
  for (let i = 0; i < offsets.length; i++) offsets[i] = wander * bell(rng);
  return offsets;
}

function bernstein(t: number, out: Float64Array): void {
  const s = 1 - t;
  out[0] = s * s * s;
  out[1] = 3 * s * s * t;
  out[2] = 3 * s * t * t;
  out[3] = t * t * t;
}

function blend(offsets: Float64Array, across: Float64Array, down: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < ORDER; row++) {
    for (let column = 0; column < ORDER; column++) {
      sum += offsets[row * ORDER + column] * down[row] * across[column];
    }
  }
  return sum;
}
