import { z } from 'zod';
import type { Net } from '../net.ts';
import { NetWriter } from '../net-writer.ts';

const options = z.strictObject({
  /** Steps a sample. */
  steps: z.int().min(1).default(28),
  /** Numbers a step. */
  features: z.int().min(1).default(28),
  hidden: z.int().min(1).default(128),
  classes: z.int().min(2).default(10),
});

export const gru: Net<z.output<typeof options>> = {
  name: 'gru',
  summary: 'one GRU layer over steps and a dense layer on its last state',
  options,
  training: {
    epochs: 10,
    batch: 64,
    optimizer: 'adamw',
    rate: 2e-3,
    schedule: 'cosine',
    weightDecay: 0.01,
    augment: [],
    clipNorm: 1,
  },
  build({ steps, features, hidden, classes }, seed) {
    const net = new NetWriter(this.name, seed);
    const input = net.input('input', ['N', steps, features]);
    const x = net.op('steps', 'Transpose', [input], { perm: [1, 0, 2] });
    const bound = 1 / Math.sqrt(hidden);
    const inputs = [
      x,
      net.uniform('gru.weight', [1, 3 * hidden, features], bound),
      net.uniform('gru.recurrence', [1, 3 * hidden, hidden], bound),
      net.uniform('gru.bias', [1, 6 * hidden], bound),
    ];
    const [, last] = net.ops('gru', 'GRU', inputs, 2, { hidden_size: hidden, linear_before_reset: 1 });
    const state = net.op('state', 'Squeeze', [last, net.ints([0])]);
    return net.model({ logits: net.linear('fc', state, hidden, classes) });
  },
};
