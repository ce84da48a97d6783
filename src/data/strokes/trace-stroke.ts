import type { SkeletonStroke } from './parse-skeleton.ts';

/** Straight pieces drawn between two points of a skeleton; at 28 pixels more cannot be seen. */
const PIECES = 6;

interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The pen's path as a polyline `[x0, y0, x1, y1, …]`: a uniform Catmull–Rom spline through the points, cut at corners.
 * Beyond each end and each corner the spline sees the mirror image of the neighbour, so it leaves straight.
 */
export function traceStroke(stroke: SkeletonStroke): Float64Array {
  const spans = stroke.length - 1;
  const path = new Float64Array(2 * (spans * PIECES + 1));
  let at = 0;
  for (let span = 0; span < spans; span++) {
    const from = stroke[span];
    const to = stroke[span + 1];
    const before = span === 0 || from.isCorner ? mirror(to, from) : stroke[span - 1];
    const after = span === spans - 1 || to.isCorner ? mirror(from, to) : stroke[span + 2];
    for (let piece = 0; piece < PIECES; piece++) {
      const t = piece / PIECES;
      path[at++] = catmullRom([before.x, from.x, to.x, after.x], t);
      path[at++] = catmullRom([before.y, from.y, to.y, after.y], t);
    }
  }
  path[at++] = stroke[spans].x;
  path[at] = stroke[spans].y;
  return path;
}

function mirror(point: Point, centre: Point): Point {
  return { x: 2 * centre.x - point.x, y: 2 * centre.y - point.y };
}

/** Between b (t = 0) and c (t = 1). */
function catmullRom([a, b, c, d]: readonly [number, number, number, number], t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}
