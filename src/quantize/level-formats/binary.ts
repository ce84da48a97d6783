import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';

const options = z.strictObject({});

/** −1 and 1 times a scale (Rastegari et al. 2016, "XNOR-Net"). */
export const binary: LevelFormatRecord<z.output<typeof options>> = {
  name: 'binary',
  summary: 'the sign alone, and a scale',
  options,
  make: () => ({ name: 'binary', bits: 1, levels: [-1, 1], scales: 'float32' }),
};
