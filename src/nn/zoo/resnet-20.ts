import { z } from 'zod';
import type { Net } from '../net.ts';
import { NetWriter } from '../net-writer.ts';
import { residualNet, residualTraining } from '../residual-net.ts';

const options = z.strictObject({ classes: z.int().min(2).max(100_000).default(10) });

/** He et al. 2016, §4.2: CIFAR-10. */
export const resnet20: Net<z.output<typeof options>> = {
  name: 'resnet-20',
  summary: 'residual net of 20 layers, for 32 × 32 colour images',
  options,
  training: residualTraining(80),
  build({ classes }, seed) {
    const net = new NetWriter(this.name, seed);
    return net.model({ logits: residualNet(net, { widths: [16, 32, 64], blocks: 3, classes }) });
  },
};
