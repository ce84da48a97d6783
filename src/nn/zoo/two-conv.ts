import { z } from 'zod';
import type { Net } from '../net.ts';
import { NetWriter } from '../net-writer.ts';
import { smallImageTraining } from '../small-image-training.ts';

const options = z.strictObject({ classes: z.int().min(2).max(100_000).default(10) });

/** Convolutions 1 → 10 → 20 of 5 × 5, dense 320-50-10: 21,840 parameters. */
export const twoConv: Net<z.output<typeof options>> = {
  name: 'two-conv',
  summary: 'two 5 × 5 convolutions and two dense layers, 22 k parameters, for 28 × 28 images',
  options,
  training: smallImageTraining(15),
  build({ classes }, seed) {
    const net = new NetWriter(this.name, seed);
    const x = net.input('input', ['N', 1, 28, 28]);
    const first = net.maxPool('pool1', net.conv('conv1', x, { from: 1, to: 10, kernel: 5, pad: 0 }), 2);
    const second = net.conv('conv2', net.relu('relu1', first), { from: 10, to: 20, kernel: 5, pad: 0 });
    const flat = net.flatten('flatten', net.relu('relu2', net.maxPool('pool2', second, 2)));
    const third = net.relu('relu3', net.linear('fc1', flat, 320, 50));
    return net.model({ logits: net.linear('fc2', third, 50, classes) });
  },
};
