import { check } from '../../base/check.ts';
import type { Rng } from '../../base/rng.ts';
import { choosePen } from './pen.ts';
import { place } from './place.ts';
import { rasterize } from './rasterize.ts';
import { scan } from './scan.ts';
import { skeletons } from './skeletons.ts';
import { traceStroke } from './trace-stroke.ts';
import { warp } from './warp.ts';

/**
 * One image of a digit 0..9 as if written by hand: `[28, 28]` bytes row by row, 0 paper .. 255 ink.
 *
 * The generator's state alone decides the image, on every platform: only +, −, ×, ÷ and √ are used, which IEEE 754
 * rounds exactly.
 */
export function drawStrokeDigit(digit: number, rng: Rng): Uint8Array {
  const styles = skeletons[digit];
  check(styles, () => `digit must be an integer 0..9, got ${digit}`);
  const paths = styles[rng.below(styles.length)].map(traceStroke);
  warp(paths, rng);
  place(paths, rng);
  return scan(rasterize(paths, choosePen(rng)), rng);
}
