import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';
import { float8e4m3 } from './float8e4m3.ts';

const options = z.strictObject({});

/** OCP Microscaling formats 1.0: E4M3 in blocks of 32 that share a power of two. */
export const mxfp8: LevelFormatRecord<z.output<typeof options>> = {
  name: 'mxfp8',
  summary: '8-bit floating point (E4M3) in blocks of 32 with a power of two as scale',
  options,
  make: () => ({ ...float8e4m3.make({}), name: 'mxfp8', scales: 'power-of-two', block: 32 }),
};
