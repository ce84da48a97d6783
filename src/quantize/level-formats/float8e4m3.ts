import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';
import { minifloatMagnitudes } from '../level-sets/minifloat-magnitudes.ts';
import { signedLevels } from '../level-sets/signed-levels.ts';

const options = z.strictObject({});

/** OCP 8-bit floating point, E4M3: no infinities, 448 the largest. */
export const float8e4m3: LevelFormatRecord<z.output<typeof options>> = {
  name: 'float8e4m3',
  summary: '8-bit floating point, 4 bits of exponent and 3 of mantissa',
  options,
  make: () => ({
    name: 'float8e4m3',
    bits: 8,
    levels: signedLevels(minifloatMagnitudes({ exponentBits: 4, mantissaBits: 3, bias: 7, max: 448 })),
    scales: 'float32',
  }),
};
