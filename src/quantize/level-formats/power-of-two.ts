import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';
import { signedLevels } from '../level-sets/signed-levels.ts';

const DEFAULT_BITS = 4;
const options = z.strictObject({
  bits: z.int().min(2).max(6).default(DEFAULT_BITS).describe('bits of a code'),
});

/** 0 and ± 2^−i: products are shifts (Zhou et al. 2017, "Incremental Network Quantization"). */
export const powerOfTwo: LevelFormatRecord<z.output<typeof options>> = {
  name: 'power-of-two',
  summary: '0 and powers of two of either sign',
  options,
  make: ({ bits }) => ({
    name: bits === DEFAULT_BITS ? 'power-of-two' : `power-of-two:bits=${bits}`,
    bits,
    // One code of either sign is 0.
    levels: signedLevels([0, ...Array.from({ length: 2 ** (bits - 1) - 1 }, (_, i) => 2 ** -i)]),
    scales: 'float32',
  }),
};
