import { z } from 'zod';
import type { Value } from '../../onnx/ir/value.ts';
import { mobileTraining } from '../mobile-training.ts';
import type { Net } from '../net.ts';
import { NetWriter } from '../net-writer.ts';

const options = z.strictObject({
  /** Factor on all channel counts. */
  width: z.number().positive().max(16).default(1),
  /** Side of the images. */
  resolution: z.int().min(32).max(4_096).default(96),
  classes: z.int().min(2).max(100_000).default(10),
});

/** Expansion, channels, repeats and first stride of each stage (Sandler et al. 2018, table 2). */
const stages: readonly (readonly [number, number, number, number])[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

interface BlockFacts {
  readonly from: number;
  readonly to: number;
  readonly expansion: number;
  readonly stride: number;
}

/** 1 × 1 up, 3 × 3 depthwise, 1 × 1 down without activation; with a shortcut where shapes allow. */
function invertedResidual(net: NetWriter, name: string, x: Value, facts: BlockFacts): Value {
  const { from, to, expansion, stride } = facts;
  const wide = from * expansion;
  const active = (layer: string, value: Value) =>
    net.relu6(`${layer}.relu`, net.batchNorm(`${layer}.bn`, value, wide));
  let y = x;
  if (expansion !== 1) {
    const up = net.conv(`${name}.expand`, x, { from, to: wide, kernel: 1, bias: false });
    y = active(`${name}.expand`, up);
  }
  const deep = { from: wide, to: wide, kernel: 3, stride, groups: wide, bias: false };
  y = active(`${name}.depthwise`, net.conv(`${name}.depthwise`, y, deep));
  const down = net.conv(`${name}.project`, y, { from: wide, to, kernel: 1, bias: false });
  y = net.batchNorm(`${name}.project.bn`, down, to);
  return from === to && stride === 1 ? net.op(`${name}.add`, 'Add', [x, y]) : y;
}

export const mobilenetV2: Net<z.output<typeof options>> = {
  name: 'mobilenet-v2',
  summary: 'inverted residual blocks; width, resolution and classes to choose',
  options,
  training: mobileTraining(0.05),
  fit: (sample) => ({ resolution: sample.at(-1) }),
  build({ width, resolution, classes }, seed) {
    const net = new NetWriter(this.name, seed);
    /** Multiples of 8, never less than nine tenths. */
    const channels = (n: number) => {
      const near = Math.max(8, 8 * Math.floor((n * width + 4) / 8));
      return near < 0.9 * n * width ? near + 8 : near;
    };
    const active = (name: string, value: Value, count: number) =>
      net.relu6(`${name}.relu`, net.batchNorm(`${name}.bn`, value, count));
    // Small images are not halved five times.
    const isSmall = resolution <= 64;
    let from = channels(32);
    const input = net.input('input', ['N', 3, resolution, resolution]);
    const stem = { from: 3, to: from, kernel: 3, stride: isSmall ? 1 : 2, bias: false };
    let x = active('conv1', net.conv('conv1', input, stem), from);
    for (const [stage, [expansion, count, repeats, first]] of stages.entries()) {
      for (let block = 0; block < repeats; block++) {
        const to = channels(count);
        const stride = block > 0 || (isSmall && stage === 1) ? 1 : first;
        x = invertedResidual(net, `stage${stage + 1}.${block}`, x, { from, to, expansion, stride });
        from = to;
      }
    }
    const last = Math.max(1280, channels(1280));
    x = active('conv2', net.conv('conv2', x, { from, to: last, kernel: 1, bias: false }), last);
    return net.model({ logits: net.linear('fc', net.poolAll('pool', x), last, classes) });
  },
};
