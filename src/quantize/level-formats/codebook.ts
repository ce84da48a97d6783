import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';

const options = z.strictObject({
  entries: z.int().min(2).max(256).default(16).describe('numbers that weights share'),
});

/** Shared weights (Han et al. 2016, "Deep Compression"): the numbers that stand for all weights of a group are learned. */
export const codebook: LevelFormatRecord<z.output<typeof options>> = {
  name: 'codebook',
  summary: 'a few numbers that all weights share, fitted to them',
  options,
  make: ({ entries }) => ({
    name: `codebook:entries=${entries}`,
    bits: Math.ceil(Math.log2(entries)),
    levels: entries,
    scales: 'none',
  }),
};
