import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';
import { float4Levels } from '../level-sets/float4-levels.ts';

const options = z.strictObject({});

/** OCP Microscaling formats 1.0: E2M1 in blocks of 32 that share a power of two. */
export const mxfp4: LevelFormatRecord<z.output<typeof options>> = {
  name: 'mxfp4',
  summary: '4-bit floating point in blocks of 32 with a power of two as scale',
  options,
  make: () => ({ ...float4Levels, name: 'mxfp4', scales: 'power-of-two', block: 32 }),
};
