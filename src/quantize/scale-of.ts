import type { LevelFormat } from './level-format.ts';

/** Smallest scale that is a normal float32. */
const SMALLEST = 2 ** -126;

/**
 * The scale as the format stores it: in float32, or the power of two above it, so that nothing is cut. One of no size serves a group of
 * zeros as well as any: 1.
 */
export function scaleOf(scale: number, { scales }: LevelFormat): number {
  if (!(Math.abs(scale) >= SMALLEST)) return 1;
  return scales === 'power-of-two'
    ? 2 ** Math.min(Math.ceil(Math.log2(Math.abs(scale))), 127)
    : Math.fround(scale);
}
