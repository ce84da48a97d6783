import { z } from 'zod';
import { adamDirection } from '../adam-direction.ts';
import type { Optimizer } from '../optimizer.ts';
import { decayed, moved } from '../update.ts';

const options = z.strictObject({
  beta1: z.number().min(0).max(1).default(0.9),
  beta2: z.number().min(0).max(1).default(0.999),
  epsilon: z.number().positive().default(1e-8),
  weightDecay: z.number().min(0).default(0),
});

/** Kingma & Ba 2015. */
export const adam: Optimizer<z.output<typeof options>> = {
  name: 'adam',
  summary: 'adaptive moments; weight decay as a penalty',
  options,
  commonRate: 1e-3,
  state: () => ['mean', 'square'],
  build(inputs, given) {
    const { direction, state } = adamDirection(
      inputs,
      decayed(inputs, inputs.gradient, given.weightDecay),
      given,
    );
    return { parameters: moved(inputs, direction, 0), state };
  },
};
