import { z } from 'zod';
import type { Net } from '../net.ts';
import { NetWriter } from '../net-writer.ts';
import { smallImageTraining } from '../small-image-training.ts';

const options = z.strictObject({ classes: z.int().min(2).max(100_000).default(10) });

/** The variant of LeNet-5 that came with Caffe and that pruning papers use: 431,080 parameters. */
export const lenet5Caffe: Net<z.output<typeof options>> = {
  name: 'lenet-5-caffe',
  summary: 'two convolutions and two dense layers, 431 k parameters, for 28 × 28 images',
  options,
  training: smallImageTraining(12),
  build({ classes }, seed) {
    const net = new NetWriter(this.name, seed);
    const x = net.input('input', ['N', 1, 28, 28]);
    const first = net.maxPool('pool1', net.conv('conv1', x, { from: 1, to: 20, kernel: 5, pad: 0 }), 2);
    const second = net.maxPool('pool2', net.conv('conv2', first, { from: 20, to: 50, kernel: 5, pad: 0 }), 2);
    const flat = net.flatten('flatten', second);
    const third = net.relu('relu1', net.linear('fc1', flat, 800, 500));
    return net.model({ logits: net.linear('fc2', third, 500, classes) });
  },
};
