import { z } from 'zod';
import type { Net } from '../net.ts';
import { NetWriter } from '../net-writer.ts';

const options = z.strictObject({ classes: z.int().min(2).max(100_000).default(10) });

/** One hidden layer of 128; images of 28 × 28. */
export const mlp78412810: Net<z.output<typeof options>> = {
  name: 'mlp-784-128-10',
  summary: 'one hidden layer of 128 units, for 28 × 28 images',
  options,
  training: {
    epochs: 20,
    batch: 128,
    optimizer: 'adamw',
    rate: 2e-3,
    schedule: 'cosine',
    weightDecay: 0.05,
    augment: [],
  },
  build({ classes }, seed) {
    const net = new NetWriter(this.name, seed);
    const x = net.flatten('flatten', net.input('input', ['N', 1, 28, 28]));
    const hidden = net.relu('relu', net.linear('fc1', x, 784, 128));
    return net.model({ logits: net.linear('fc2', hidden, 128, classes) });
  },
};
