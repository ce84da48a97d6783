import { z } from 'zod';
import { Rng } from '../../base/rng.ts';
import { defineSource } from '../define-source.ts';
import { imageSamples } from '../image-samples.ts';
import { mixSeed } from '../mix-seed.ts';
import { preprocessOptions } from '../preprocess-options.ts';
import { strictObject } from '../strict-object.ts';
import { drawStrokeDigit } from '../strokes/draw-stroke-digit.ts';

const SIDE = 28;
const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

/** Handwriting-like digits drawn when asked for; sample i depends on (seed, i) only, each ten samples hold each digit once. */
export const synthetic = defineSource({
  kind: 'synthetic',
  summary: 'drawn digits, 28 × 28 grey, 10 classes; needs no files',
  splits: [],
  options: strictObject({
    set: z.enum(['strokes']),
    samples: z.int().min(1).max(10_000_000).default(10_000),
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .default(0),
    preprocess: preprocessOptions.prefault({}),
  }),

  async open({ set, samples, seed, preprocess }, { where }) {
    const reader = {
      length: samples,
      channels: 1 as const,
      hasLabels: true,
      classNames: DIGITS,
      read: (index: number) => {
        const label = digitAt(seed, index);
        // Odd numbers draw, even ones order the digits, so that no two uses share a stream.
        const data = drawStrokeDigit(label, new Rng(mixSeed(seed, 2 * index + 1)));
        const image = { width: SIDE, height: SIDE, channels: 1 as const, data };
        return { image, label, where: `synthetic:${set}, sample ${index}` };
      },
    };
    return imageSamples(reader, preprocess, where);
  },
});

/** Each run of ten samples is a shuffle of the ten digits. */
function digitAt(seed: number, index: number): number {
  const order = Uint8Array.from(DIGITS.keys());
  new Rng(mixSeed(seed, 2 * Math.floor(index / DIGITS.length))).shuffle(order);
  return order[index % DIGITS.length];
}
