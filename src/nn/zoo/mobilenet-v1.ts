import { z } from 'zod';
import type { Value } from '../../onnx/ir/value.ts';
import { mobileTraining } from '../mobile-training.ts';
import type { Net } from '../net.ts';
import { NetWriter } from '../net-writer.ts';

const options = z.strictObject({
  /** Factor on all channel counts. */
  width: z.number().positive().max(16).default(0.25),
  /** Side of the images. */
  resolution: z.int().min(32).max(4_096).default(96),
  classes: z.int().min(2).max(100_000).default(10),
});

/** Channels and stride of each depthwise-separable pair (Howard et al. 2017, table 1). */
const layers: readonly (readonly [number, number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  ...new Array<[number, number]>(5).fill([512, 1]),
  [1024, 2],
  [1024, 1],
];

export const mobilenetV1: Net<z.output<typeof options>> = {
  name: 'mobilenet-v1',
  summary: 'depthwise-separable convolutions; width, resolution and classes to choose',
  options,
  training: mobileTraining(0.1),
  fit: (sample) => ({ resolution: sample.at(-1) }),
  build({ width, resolution, classes }, seed) {
    const net = new NetWriter(this.name, seed);
    const channels = (n: number) => Math.max(8, Math.floor(n * width));
    // Small images are not halved five times.
    const keepsFirst = resolution <= 64;
    let x = net.input('input', ['N', 3, resolution, resolution]);
    let from = channels(32);
    const block = (name: string, value: Value, count: number) =>
      net.relu6(`${name}.relu`, net.batchNorm(`${name}.bn`, value, count));
    const stem = { from: 3, to: from, kernel: 3, stride: keepsFirst ? 1 : 2, bias: false };
    x = block('conv1', net.conv('conv1', x, stem), from);
    for (const [i, [count, stride]] of layers.entries()) {
      const to = channels(count);
      const deep = net.conv(`dw${i + 1}`, x, {
        from,
        to: from,
        kernel: 3,
        stride,
        groups: from,
        bias: false,
      });
      x = block(`dw${i + 1}`, deep, from);
      x = block(`pw${i + 1}`, net.conv(`pw${i + 1}`, x, { from, to, kernel: 1, bias: false }), to);
      from = to;
    }
    return net.model({ logits: net.linear('fc', net.poolAll('pool', x), from, classes) });
  },
};
