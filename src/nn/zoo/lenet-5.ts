import { z } from 'zod';
import type { Net } from '../net.ts';
import { NetWriter } from '../net-writer.ts';
import { smallImageTraining } from '../small-image-training.ts';

const options = z.strictObject({ classes: z.int().min(2).max(100_000).default(10) });

/** LeCun et al. 1998 with ReLU and maximum pooling: 61,706 parameters. */
export const lenet5: Net<z.output<typeof options>> = {
  name: 'lenet-5',
  summary: 'two convolutions and three dense layers, 61 k parameters, for 28 × 28 images',
  options,
  training: smallImageTraining(15),
  build({ classes }, seed) {
    const net = new NetWriter(this.name, seed);
    const x = net.input('input', ['N', 1, 28, 28]);
    const first = net.relu('relu1', net.conv('conv1', x, { from: 1, to: 6, kernel: 5 }));
    const pooled = net.maxPool('pool1', first, 2);
    const second = net.relu('relu2', net.conv('conv2', pooled, { from: 6, to: 16, kernel: 5, pad: 0 }));
    const flat = net.flatten('flatten', net.maxPool('pool2', second, 2));
    const third = net.relu('relu3', net.linear('fc1', flat, 400, 120));
    const fourth = net.relu('relu4', net.linear('fc2', third, 120, 84));
    return net.model({ logits: net.linear('fc3', fourth, 84, classes) });
  },
};
