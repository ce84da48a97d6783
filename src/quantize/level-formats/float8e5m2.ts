import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';
import { minifloatMagnitudes } from '../level-sets/minifloat-magnitudes.ts';
import { signedLevels } from '../level-sets/signed-levels.ts';

const options = z.strictObject({});

/** OCP 8-bit floating point, E5M2. */
export const float8e5m2: LevelFormatRecord<z.output<typeof options>> = {
  name: 'float8e5m2',
  summary: '8-bit floating point, 5 bits of exponent and 2 of mantissa',
  options,
  make: () => ({
    name: 'float8e5m2',
    bits: 8,
    levels: signedLevels(minifloatMagnitudes({ exponentBits: 5, mantissaBits: 2, bias: 15, max: 57344 })),
    scales: 'float32',
  }),
};
