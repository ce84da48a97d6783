import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';
import { signedLevels } from '../level-sets/signed-levels.ts';

const DEFAULT_BITS = 4;
const options = z.strictObject({
  bits: z.int().min(3).max(8).default(DEFAULT_BITS).describe('bits of a code'),
});

/**
 * Sums of two powers of two of either sign, one of 2^−(2i) and one of 2^−(2i+1), or 0 for either (Li et al. 2020, "Additive
 * Powers-of-Two Quantization"): finer near the largest than powers of two alone.
 */
export const additivePowerOfTwo: LevelFormatRecord<z.output<typeof options>> = {
  name: 'additive-power-of-two',
  summary: 'sums of two powers of two of either sign',
  options,
  make: ({ bits }) => ({
    name: bits === DEFAULT_BITS ? 'additive-power-of-two' : `additive-power-of-two:bits=${bits}`,
    bits,
    levels: signedLevels(sums(bits - 1)),
    scales: 'float32',
  }),
};

/** 2^bits magnitudes from 0 to 1: of two terms with as many bits each, the first with one more where they are odd. */
function sums(bits: number): number[] {
  const second = 2 ** Math.floor(bits / 2);
  const first = 2 ** Math.ceil(bits / 2);
  const terms = (count: number, from: number) => [
    0,
    ...Array.from({ length: count - 1 }, (_, i) => 2 ** -(2 * i + from)),
  ];
  const all = terms(first, 0).flatMap((a) => terms(second, 1).map((b) => a + b));
  const largest = Math.max(...all);
  return all.map((x) => x / largest);
}
