import { z } from 'zod';
import type { Net } from '../net.ts';
import { NetWriter } from '../net-writer.ts';
import { residualNet, residualTraining } from '../residual-net.ts';

const options = z.strictObject({ classes: z.int().min(2).max(100_000).default(10) });

/** He et al. 2016, the ImageNet net with the stem of CIFAR-10 nets. */
export const resnet18: Net<z.output<typeof options>> = {
  name: 'resnet-18',
  summary: 'residual net of 18 layers, for 32 × 32 colour images',
  options,
  training: residualTraining(40),
  build({ classes }, seed) {
    const net = new NetWriter(this.name, seed);
    return net.model({ logits: residualNet(net, { widths: [64, 128, 256, 512], blocks: 2, classes }) });
  },
};
