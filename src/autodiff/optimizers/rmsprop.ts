import { z } from 'zod';
import type { Optimizer } from '../optimizer.ts';
import { average, decayed, moved } from '../update.ts';

const options = z.strictObject({
  /** Weight of the past in the running average of g². */
  alpha: z.number().min(0).max(1).default(0.99),
  epsilon: z.number().positive().default(1e-8),
  momentum: z.number().min(0).max(1).default(0),
  weightDecay: z.number().min(0).default(0),
});

/** p ← p − η·g / (√v + ε), v a running average of g² (Tieleman & Hinton 2012). As PyTorch's RMSprop. */
export const rmsprop: Optimizer<z.output<typeof options>> = {
  name: 'rmsprop',
  summary: 'gradients divided by the root of their running mean square',
  options,
  commonRate: 1e-3,
  state: ({ momentum }) => (momentum > 0 ? ['square', 'momentum'] : ['square']),
  build(inputs, { alpha, epsilon, momentum, weightDecay }) {
    const { write, state } = inputs;
    const g = decayed(inputs, inputs.gradient, weightDecay);
    const v = average(inputs, state[0], write.op('Mul', [g, g]), alpha);
    const direction = write.op('Div', [g, write.op('Add', [write.op('Sqrt', [v]), write.scalar(epsilon)])]);
    if (momentum === 0) return { parameters: moved(inputs, direction, 0), state: [v] };
    const m = write.op('Add', [write.op('Mul', [state[1], write.scalar(momentum)]), direction]);
    return { parameters: moved(inputs, m, 0), state: [v, m] };
  },
};
