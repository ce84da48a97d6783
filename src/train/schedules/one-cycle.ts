import { z } from 'zod';
import type { Schedule } from '../schedule.ts';

const options = z.strictObject({
  rise: z.number().gt(0).lt(1).default(0.3).describe('part of the run the rate rises over'),
  start: z
    .number()
    .min(0)
    .max(1)
    .default(1 / 25)
    .describe('rate of the first step, relative to the largest'),
  end: z.number().min(0).max(1).default(1e-4).describe('rate at the end, relative to the largest'),
});

/** Up in a straight line, down along half a cosine (Smith & Topin 2019, with the falling curve of PyTorch's OneCycleLR). */
export const oneCycle: Schedule<z.output<typeof options>> = {
  name: 'one-cycle',
  summary: 'rises, then falls along half a cosine: large rates for short runs',
  options,
  factor({ step, steps }, { rise, start, end }) {
    const done = step / steps;
    if (done < rise) return start + (1 - start) * (done / rise);
    const fallen = (done - rise) / (1 - rise);
    return end + ((1 - end) * (1 + Math.cos(Math.PI * fallen))) / 2;
  },
};
