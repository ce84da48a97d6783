import { z } from 'zod';
import { roundHalfEven } from '../../tensor/round-half-even.ts';
import type { Schedule } from '../schedule.ts';

const options = z
  .strictObject({
    gamma: z.number().positive().max(1).default(0.1).describe('what the rate is multiplied by at each fall'),
    milestones: z
      .array(z.number().min(0).max(1))
      .optional()
      .describe('parts of the run after which the rate falls (default 0.5, 0.75)'),
    every: z.number().positive().optional().describe('epochs between falls, instead of milestones'),
  })
  .refine(({ milestones, every }) => milestones === undefined || every === undefined, {
    error: 'Give either milestones or every, not both.',
  });

/** As He et al. 2016 train residual nets on CIFAR-10: a tenth after half of the run, a hundredth after three quarters. */
export const step: Schedule<z.output<typeof options>> = {
  name: 'step',
  summary: 'falls by a factor after given parts of the run',
  options,
  factor({ step, steps, stepsPerEpoch }, { gamma, milestones = [0.5, 0.75], every }) {
    const falls =
      every === undefined
        ? milestones.filter((milestone) => step >= roundHalfEven(milestone * steps)).length
        : Math.floor(step / (every * stepsPerEpoch));
    return gamma ** falls;
  },
};
