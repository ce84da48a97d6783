import { SIDE } from './rasterize.ts';

/**
 * Smears an image `[SIDE, SIDE]` in place by the kernel [spread, 1 − 2·spread, spread] along both axes; `spread` is
 * 0 .. 1/3, and outside the image is paper.
 */
export function blur(image: Float64Array, spread: number): void {
  for (let line = 0; line < SIDE; line++) {
    blurLine(image, line * SIDE, 1, spread);
  }
  for (let line = 0; line < SIDE; line++) {
    blurLine(image, line, SIDE, spread);
  }
}

function blurLine(image: Float64Array, start: number, step: number, spread: number): void {
  const end = start + step * SIDE;
  let before = 0;
  for (let at = start; at < end; at += step) {
    const here = image[at];
    const after = at + step < end ? image[at + step] : 0;
    image[at] = here + spread * (before - 2 * here + after);
    before = here;
  }
}
