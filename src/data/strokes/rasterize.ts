import type { Pen } from './pen.ts';

/** Width and height of an image in pixels. */
export const SIDE = 28;

/**
 * Lays the ink of paths (`[x0, y0, …]` in pixels) on an empty image `[SIDE, SIDE]`: 0 is paper, 1 is full ink.
 * Each piece of a path is a capsule whose radius and ink follow the pen's pressure; its border is one pixel soft. Where
 * strokes cross the darker one wins. Square roots are exact in IEEE 754, so every engine gives the same bits.
 */
export function rasterize(paths: readonly Float64Array[], pen: Pen): Float64Array {
  const image = new Float64Array(SIDE * SIDE);
  for (const path of paths) {
    const pieces = path.length / 2 - 1;
    for (let piece = 0; piece < pieces; piece++) {
      const progress = (piece + 0.5) / pieces;
      const pressure = pen.pressure(progress);
      drawCapsule(image, path.subarray(2 * piece, 2 * piece + 4), pen.radius * pressure, pen.ink(pressure));
    }
  }
  return image;
}

function drawCapsule(image: Float64Array, ends: Float64Array, radius: number, ink: number): void {
  const [x0, y0, x1, y1] = ends;
  const alongX = x1 - x0;
  const alongY = y1 - y0;
  const lengthSquared = alongX * alongX + alongY * alongY;
  const reach = radius + 0.5;
  const left = Math.max(0, Math.ceil(Math.min(x0, x1) - reach - 0.5));
  const right = Math.min(SIDE - 1, Math.floor(Math.max(x0, x1) + reach - 0.5));
  const top = Math.max(0, Math.ceil(Math.min(y0, y1) - reach - 0.5));
  const bottom = Math.min(SIDE - 1, Math.floor(Math.max(y0, y1) + reach - 0.5));
  for (let row = top; row <= bottom; row++) {
    const fromY = row + 0.5 - y0;
    for (let column = left; column <= right; column++) {
      const fromX = column + 0.5 - x0;
      const dot = fromX * alongX + fromY * alongY;
      const t = lengthSquared > 0 ? Math.min(1, Math.max(0, dot / lengthSquared)) : 0;
      const awayX = fromX - t * alongX;
      const awayY = fromY - t * alongY;
      const distance = Math.sqrt(awayX * awayX + awayY * awayY);
      const cover = Math.min(1, reach - distance) * ink;
      const pixel = row * SIDE + column;
      if (cover > image[pixel]) image[pixel] = cover;
    }
  }
}
