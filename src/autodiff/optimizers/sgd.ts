import { z } from 'zod';
import type { Optimizer } from '../optimizer.ts';
import { decayed, moved } from '../update.ts';

const options = z.strictObject({
  momentum: z.number().min(0).max(1).default(0.9),
  /** Looks ahead along the momentum (Nesterov 1983; Sutskever et al. 2013). */
  nesterov: z.boolean().default(false),
  weightDecay: z.number().min(0).default(0),
  /** Decay acts on the weights beside the gradient instead of in it (Loshchilov & Hutter 2019). */
  decoupled: z.boolean().default(false),
});

/** m ← μ·m + g; p ← p − η·m, or p − η·(g + μ·m) with Nesterov's momentum. As PyTorch's SGD. */
export const sgd: Optimizer<z.output<typeof options>> = {
  name: 'sgd',
  summary: 'stochastic gradient descent with momentum',
  options,
  commonRate: 0.01,
  state: ({ momentum }) => (momentum > 0 ? ['momentum'] : []),
  build(inputs, { momentum, nesterov, weightDecay, decoupled }) {
    const { write, gradient, state } = inputs;
    const g = decoupled ? gradient : decayed(inputs, gradient, weightDecay);
    const decay = decoupled ? weightDecay : 0;
    if (momentum === 0) return { parameters: moved(inputs, g, decay), state: [] };
    const mu = write.scalar(momentum);
    const m = write.op('Add', [write.op('Mul', [state[0], mu]), g]);
    const direction = nesterov ? write.op('Add', [g, write.op('Mul', [m, mu])]) : m;
    return { parameters: moved(inputs, direction, decay), state: [m] };
  },
};
