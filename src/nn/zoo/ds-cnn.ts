import { z } from 'zod';
import type { Value } from '../../onnx/ir/value.ts';
import type { Net } from '../net.ts';
import { NetWriter } from '../net-writer.ts';

const options = z.strictObject({
  /** Windows along time. */
  frames: z.int().min(8).max(65_536).default(49),
  /** Coefficients or bands a window. */
  bands: z.int().min(4).max(8_192).default(10),
  channels: z.int().min(8).max(8_192).default(64),
  classes: z.int().min(2).max(100_000).default(12),
});

/** Keyword spotting (Zhang et al. 2017; MLPerf Tiny): a wide convolution and four depthwise-separable ones. */
export const dsCnn: Net<z.output<typeof options>> = {
  name: 'ds-cnn',
  summary: 'depthwise-separable net for spoken words, on features [1, frames, bands]',
  options,
  training: {
    epochs: 50,
    batch: 16,
    optimizer: 'adamw',
    rate: 3e-3,
    schedule: 'cosine',
    weightDecay: 0.02,
    augment: ['mixup', 'shift'],
  },
  fit: (sample) => ({ frames: sample.at(-2), bands: sample.at(-1) }),
  build({ frames, bands, channels, classes }, seed) {
    const net = new NetWriter(this.name, seed);
    const active = (name: string, value: Value) =>
      net.relu(`${name}.relu`, net.batchNorm(`${name}.bn`, value, channels));
    const input = net.input('input', ['N', 1, frames, bands]);
    const first = {
      from: 1,
      to: channels,
      kernel: [10, 4],
      stride: [2, 2],
      pad: [4, 1],
      bias: false,
    } as const;
    let x = active('conv1', net.conv('conv1', input, first));
    for (let i = 1; i <= 4; i++) {
      const deep = { from: channels, to: channels, kernel: 3, groups: channels, bias: false };
      x = active(`dw${i}`, net.conv(`dw${i}`, x, deep));
      x = active(`pw${i}`, net.conv(`pw${i}`, x, { from: channels, to: channels, kernel: 1, bias: false }));
    }
    return net.model({ logits: net.linear('fc', net.poolAll('pool', x), channels, classes) });
  },
};
