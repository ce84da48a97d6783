import { z } from 'zod';
import type { Rng } from '../../base/rng.ts';
import type { Augmentation } from '../augmentation.ts';
import { sampleViews } from '../sample-views.ts';

const options = z.strictObject({
  level: z
    .number()
    .min(0)
    .default(0.1)
    .describe('standard deviation of the noise, relative to that of the sample'),
});

export const noise: Augmentation<z.output<typeof options>> = {
  name: 'noise',
  summary: 'normal noise added, as loud as the sample allows',
  takes: 'anything',
  options,
  apply(batch, { level }, rngs) {
    for (const [i, sample] of sampleViews(batch).entries())
      addNormal(sample, level * standardDeviation(sample), rngs[i]);
  },
};

function standardDeviation(sample: Float32Array): number {
  let sum = 0;
  for (const x of sample) sum += x;
  const mean = sum / sample.length;
  let squares = 0;
  for (const x of sample) squares += (x - mean) ** 2;
  return Math.sqrt(squares / sample.length);
}

/** Marsaglia's polar method: the direction of a point in the unit circle and its distance make two normal numbers. */
function addNormal(sample: Float32Array, scale: number, rng: Rng): void {
  for (let i = 0; i < sample.length; ) {
    const u = 2 * rng.uniform() - 1;
    const v = 2 * rng.uniform() - 1;
    const square = u * u + v * v;
    if (square >= 1 || square === 0) continue;
    const factor = scale * Math.sqrt((-2 * Math.log(square)) / square);
    sample[i++] += factor * u;
    if (i < sample.length) sample[i++] += factor * v;
  }
}
