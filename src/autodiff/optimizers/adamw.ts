import { z } from 'zod';
import { adamDirection } from '../adam-direction.ts';
import type { Optimizer } from '../optimizer.ts';
import { moved } from '../update.ts';

const options = z.strictObject({
  beta1: z.number().min(0).max(1).default(0.9),
  beta2: z.number().min(0).max(1).default(0.999),
  epsilon: z.number().positive().default(1e-8),
  weightDecay: z.number().min(0).default(0.01),
});

/** Loshchilov & Hutter 2019. */
export const adamw: Optimizer<z.output<typeof options>> = {
  name: 'adamw',
  summary: 'adaptive moments; decoupled weight decay',
  options,
  commonRate: 1e-3,
  state: () => ['mean', 'square'],
  build(inputs, given) {
    const { direction, state } = adamDirection(inputs, inputs.gradient, given);
    return { parameters: moved(inputs, direction, given.weightDecay), state };
  },
};
