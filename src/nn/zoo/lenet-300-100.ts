import { z } from 'zod';
import type { Net } from '../net.ts';
import { NetWriter } from '../net-writer.ts';

const options = z.strictObject({ classes: z.int().min(2).max(100_000).default(10) });

/** LeCun et al. 1998: two hidden layers, 266,610 parameters. */
export const lenet300100: Net<z.output<typeof options>> = {
  name: 'lenet-300-100',
  summary: 'hidden layers of 300 and 100 units, for 28 × 28 images',
  options,
  training: {
    epochs: 20,
    batch: 128,
    optimizer: 'adamw',
    rate: 1e-3,
    schedule: 'cosine',
    weightDecay: 0.05,
    augment: [],
  },
  build({ classes }, seed) {
    const net = new NetWriter(this.name, seed);
    const x = net.flatten('flatten', net.input('input', ['N', 1, 28, 28]));
    const first = net.relu('relu1', net.linear('fc1', x, 784, 300));
    const second = net.relu('relu2', net.linear('fc2', first, 300, 100));
    return net.model({ logits: net.linear('fc3', second, 100, classes) });
  },
};
