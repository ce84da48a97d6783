import { z } from 'zod';
import type { Rng } from '../../base/rng.ts';
import type { Augmentation } from '../augmentation.ts';
import { imageOf } from '../image-of.ts';
import { resample, type SourcePlaces } from '../resample.ts';
import { sampleViews } from '../sample-views.ts';

const options = z.strictObject({
  rotate: z.number().min(0).max(180).default(10).describe('largest angle, in degrees'),
  scale: z.number().min(0).lt(1).default(0.1).describe('largest growth or loss of size, as a part of it'),
  shear: z.number().min(0).lt(90).default(0).describe('largest slant, in degrees'),
  translate: z.number().min(0).max(1).default(0).describe('largest move, as a part of each side'),
});

type Options = z.output<typeof options>;

export const affine: Augmentation<Options> = {
  name: 'affine',
  summary: 'images turned, scaled, slanted and moved a little',
  takes: 'images',
  options,
  apply(batch, options, rngs) {
    const image = imageOf(batch, affine.name);
    const source = new Float32Array(batch.blank.length);
    const area = image.height * image.width;
    const places = { xs: new Float32Array(area), ys: new Float32Array(area) };
    for (const [i, sample] of sampleViews(batch).entries()) {
      source.set(sample);
      fillPlaces(places, image, drawMotion(options, rngs[i]));
      resample(source, sample, batch.blank, image, places);
    }
  },
};

/** Angles in radians, moves as parts of the sides. */
interface Motion {
  readonly angle: number;
  readonly size: number;
  readonly slant: number;
  readonly right: number;
  readonly down: number;
}

function drawMotion({ rotate, scale, shear, translate }: Options, rng: Rng): Motion {
  const within = (bound: number) => bound * (2 * rng.uniform() - 1);
  return {
    angle: (within(rotate) * Math.PI) / 180,
    size: 1 + within(scale),
    slant: (within(shear) * Math.PI) / 180,
    right: within(translate),
    down: within(translate),
  };
}

/** Images are moved about their middle by size · rotation · slant; places are found by the inverse. */
function fillPlaces(
  { xs, ys }: SourcePlaces,
  { height, width }: { height: number; width: number },
  { angle, size, slant, right, down }: Motion,
): void {
  const cos = Math.cos(angle) / size;
  const sin = Math.sin(angle) / size;
  const tan = Math.tan(slant);
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  for (let y = 0, pixel = 0; y < height; y++)
    for (let x = 0; x < width; x++, pixel++) {
      const fromX = x - middleX - right * width;
      const fromY = y - middleY - down * height;
      const turnedY = cos * fromY - sin * fromX;
      xs[pixel] = cos * fromX + sin * fromY - tan * turnedY + middleX;
      ys[pixel] = turnedY + middleY;
    }
}
