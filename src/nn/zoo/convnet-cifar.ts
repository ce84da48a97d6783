import { z } from 'zod';
import type { Net } from '../net.ts';
import { NetWriter } from '../net-writer.ts';

const options = z.strictObject({ classes: z.int().min(2).max(100_000).default(10) });

/** Three stages of two 3 × 3 convolutions with batch normalization. */
export const convnetCifar: Net<z.output<typeof options>> = {
  name: 'convnet-cifar',
  summary: 'six 3 × 3 convolutions, for 32 × 32 colour images',
  options,
  training: {
    epochs: 30,
    batch: 64,
    optimizer: 'sgd',
    rate: 0.05,
    schedule: 'one-cycle',
    weightDecay: 5e-4,
    augment: ['flip', 'crop'],
  },
  build({ classes }, seed) {
    const net = new NetWriter(this.name, seed);
    let x = net.input('input', ['N', 3, 32, 32]);
    let from = 3;
    for (const [stage, to] of [32, 64, 128].entries()) {
      for (const layer of [1, 2]) {
        const name = `stage${stage + 1}.conv${layer}`;
        x = net.conv(name, x, { from, to, kernel: 3, bias: false });
        x = net.relu(`${name}.relu`, net.batchNorm(`${name}.bn`, x, to));
        from = to;
      }
      x = net.maxPool(`stage${stage + 1}.pool`, x, 2);
    }
    return net.model({ logits: net.linear('fc', net.poolAll('pool', x), 128, classes) });
  },
};
