import { z } from 'zod';
import { roundHalfEven } from '../../tensor/round-half-even.ts';
import { evenRise } from '../even-rise.ts';
import type { Schedule } from '../schedule.ts';

const options = z.strictObject({
  fraction: z.number().min(0).max(1).default(0.1).describe('part of the run the rate rises over'),
});

/** For fine-tuning. Every other schedule can be given the same rise by `rateFactor`. */
export const warmUp: Schedule<z.output<typeof options>> = {
  name: 'warm-up',
  summary: 'rises evenly, then stays',
  options,
  factor: ({ step, steps }, { fraction }) => evenRise(step, roundHalfEven(fraction * steps)),
};
