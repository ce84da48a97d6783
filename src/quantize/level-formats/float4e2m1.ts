import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';
import { float4Levels } from '../level-sets/float4-levels.ts';

const options = z.strictObject({});

/** OCP 4-bit floating point, E2M1: 0, ½, 1, 1½, 2, 3, 4, 6. */
export const float4e2m1: LevelFormatRecord<z.output<typeof options>> = {
  name: 'float4e2m1',
  summary: '4-bit floating point, 2 bits of exponent and 1 of mantissa',
  options,
  make: () => ({ ...float4Levels, name: 'float4e2m1', scales: 'float32', block: 32 }),
};
