import { z } from 'zod';
import type { Schedule } from '../schedule.ts';

const options = z.strictObject({
  power: z.number().positive().default(1).describe('1 falls in a straight line, 2 faster at first'),
  end: z.number().min(0).max(1).default(0).describe('rate at the end, relative to the largest'),
});

/** end + (1 − end)·(1 − t)ᵖ, t the part of the run that is done. */
export const polynomial: Schedule<z.output<typeof options>> = {
  name: 'polynomial',
  summary: 'falls as a power of what is left of the run',
  options,
  factor: ({ step, steps }, { power, end }) => end + (1 - end) * (1 - step / steps) ** power,
};
