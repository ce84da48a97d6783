import { z } from 'zod';
import type { Schedule } from '../schedule.ts';

const options = z.strictObject({
  end: z.number().min(0).max(1).default(0).describe('rate at the end, relative to the largest'),
});

/** Half a period of a cosine, from 1 to `end` (Loshchilov & Hutter 2017, without restarts). */
export const cosine: Schedule<z.output<typeof options>> = {
  name: 'cosine',
  summary: 'falls along half a cosine',
  options,
  factor: ({ step, steps }, { end }) => end + ((1 - end) * (1 + Math.cos((Math.PI * step) / steps))) / 2,
};
