import { z } from 'zod';
import type { LevelFormatRecord } from '../level-format.ts';

const options = z.strictObject({});

/**
 * Quantiles of the normal distribution, 0 among them (Dettmers et al. 2023, "QLoRA", Appendix E): 8 levels from 0 to 1 and 8 from
 * −1 to 0, of evenly spaced probabilities up to 1 − (1/30 + 1/32) / 2.
 */
export const nf4: LevelFormatRecord<z.output<typeof options>> = {
  name: 'nf4',
  summary: '16 quantiles of the normal distribution (QLoRA)',
  options,
  make: () => ({ name: 'nf4', bits: 4, levels: LEVELS, scales: 'float32', block: 64 }),
};

const LEVELS = [
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
  -0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725,
  0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
];
