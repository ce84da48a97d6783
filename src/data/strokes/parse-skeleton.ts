import { check } from '../../base/check.ts';

/** x to the right and y downwards; at a corner the pen may change its direction at once. */
interface SkeletonPoint {
  readonly x: number;
  readonly y: number;
  readonly isCorner: boolean;
}

/** What the pen writes without being lifted, as a smooth curve through its points: two at least. */
export type SkeletonStroke = readonly SkeletonPoint[];

/** One style of one digit. */
export type Skeleton = readonly SkeletonStroke[];

/**
 * Reads `'4,4 62,4! 28,100 | 16,52 60,48'`: points `x,y` apart by a space, `!` behind a corner, `|` where the pen is
 * lifted. Throws if a stroke has fewer than two points or a point is written otherwise.
 */
export function parseSkeleton(text: string): Skeleton {
  return text.split(' | ').map((stroke) => {
    const points = stroke.split(' ').map(parsePoint);
    check(points.length >= 2, () => `the stroke "${stroke}" needs two points`);
    return points;
  });
}

function parsePoint(text: string): SkeletonPoint {
  const match = /^(\d+),(\d+)(!?)$/.exec(text);
  check(match, () => `"${text}" is no point of a skeleton`);
  return { x: Number(match[1]), y: Number(match[2]), isCorner: match[3] === '!' };
}
