import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';

const options = z.strictObject({});

/** −1, 0 and 1 times a scale (Li et al. 2016, "Ternary Weight Networks"). */
export const ternary: LevelFormatRecord<z.output<typeof options>> = {
  name: 'ternary',
  summary: '−1, 0 and 1, and a scale',
  options,
  make: () => ({ name: 'ternary', bits: 2, levels: [-1, 0, 1], scales: 'float32' }),
};
