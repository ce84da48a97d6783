import type { Rng } from '../../base/rng.ts';
import { roundHalfEven } from '../../tensor/round-half-even.ts';
import { bell } from './bell.ts';
import { blur } from './blur.ts';

/** Grain paler than this does not show: most of the paper stays 0. */
const PAPER_WHITE = 0.06;

/**
 * What a scanner makes of an image of ink 0..1 `[28, 28]` (overwritten): a little blur, grain all over, stronger in the
 * ink, and the grey levels 0 (paper) .. 255 (ink). Blur and roughness differ from image to image.
 */
export function scan(image: Float64Array, rng: Rng): Uint8Array {
  blur(image, 0.22 * rng.uniform());
  const roughness = 0.14 * rng.uniform();
  const grey = new Uint8Array(image.length);
  for (let i = 0; i < image.length; i++) {
    const value = image[i] + roughness * bell(rng) * (0.6 + image[i]);
    grey[i] = value < PAPER_WHITE ? 0 : roundHalfEven(255 * Math.min(1, value));
  }
  return grey;
}
