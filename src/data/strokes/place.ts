import type { Rng } from '../../base/rng.ts';
import { bell } from './bell.ts';
import { SIDE } from './rasterize.ts';

/** Longest extent of a digit's path in pixels: leaves room for the pen's width and the shift. */
const MAX_EXTENT = 22;

/**
 * Turns, slants and scales paths (percent of the digit's height, in place) into pixels, then puts the middle of their
 * bounding box near the middle of the image. Angles are drawn as the tangent of the half angle, so that the rotation is
 * a rational function and needs no sine or cosine, whose last bit differs between engines.
 */
export function place(paths: readonly Float64Array[], rng: Rng): void {
  const halfTangent = 0.085 * bell(rng);
  const norm = 1 / (1 + halfTangent * halfTangent);
  const cosine = (1 - halfTangent * halfTangent) * norm;
  const sine = 2 * halfTangent * norm;
  const slant = -0.06 + 0.2 * bell(rng);
  const height = (18 + 1.9 * bell(rng)) / 100;
  const width = height * (0.95 + 0.17 * bell(rng));
  for (const path of paths) {
    for (let i = 0; i < path.length; i += 2) {
      const y = path[i + 1] * height;
      const x = path[i] * width + slant * y;
      path[i] = cosine * x - sine * y;
      path[i + 1] = sine * x + cosine * y;
    }
  }
  const shiftX = 1.1 * bell(rng);
  const shiftY = 0.9 * bell(rng);
  centre(paths, SIDE / 2 + shiftX, SIDE / 2 + shiftY);
}

function centre(paths: readonly Float64Array[], centreX: number, centreY: number): void {
  let left = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const path of paths) {
    for (let i = 0; i < path.length; i += 2) {
      left = Math.min(left, path[i]);
      right = Math.max(right, path[i]);
      top = Math.min(top, path[i + 1]);
      bottom = Math.max(bottom, path[i + 1]);
    }
  }
  const shrink = Math.min(1, MAX_EXTENT / Math.max(right - left, bottom - top));
  const middleX = (left + right) / 2;
  const middleY = (top + bottom) / 2;
  for (const path of paths) {
    for (let i = 0; i < path.length; i += 2) {
      path[i] = centreX + (path[i] - middleX) * shrink;
      path[i + 1] = centreY + (path[i + 1] - middleY) * shrink;
    }
  }
}
