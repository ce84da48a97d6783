import { z } from 'zod';
import type { Net } from '../net.ts';
import { NetWriter } from '../net-writer.ts';
import { transformerBlock } from '../transformer-block.ts';

const options = z.strictObject({
  /** Characters known. */
  vocabulary: z.int().min(2).max(1_000_000).default(96),
  /** Characters looked at. */
  length: z.int().min(2).max(65_536).default(64),
  width: z.int().min(8).max(8_192).default(128),
  heads: z.int().min(1).max(256).default(4),
  layers: z.int().min(1).max(256).default(4),
  /** Share dropped in training: texts small enough to train on here are learnt by heart else. */
  dropout: z.number().min(0).lt(1).default(0.1),
});

/** Scores for the next character at each place, [N, T, characters]: a place sees only those before it. */
export const charGpt: Net<z.output<typeof options>> = {
  name: 'char-gpt',
  summary: 'a small language model over characters',
  options,
  training: {
    epochs: 14,
    batch: 16,
    optimizer: 'adamw',
    rate: 2e-3,
    schedule: 'one-cycle',
    weightDecay: 0.1,
    augment: [],
    clipNorm: 1,
  },
  fit: (sample) => ({ length: sample.at(-1) }),
  build({ vocabulary, length, width, heads, layers, dropout }, seed) {
    const net = new NetWriter(this.name, seed);
    const letters = net.input('input_ids', ['N', length], 'int64');
    const words = net.embedding('embedding', letters, vocabulary, width);
    const positioned = net.op('positioned', 'Add', [words, net.positions('positions', length, width)]);
    let x = net.dropout('drop', positioned, dropout);
    const data = Float32Array.from({ length: length * length }, (_, i) =>
      i % length > Math.floor(i / length) ? -1e4 : 0,
    );
    const mask = net.constant({ dtype: 'float', shape: [length, length], data });
    for (let layer = 1; layer <= layers; layer++)
      x = transformerBlock(net, `layer${layer}`, x, { width, heads, length, layers, mask, dropout });
    const scores = net.dense('head', net.layerNorm('norm', x, width), width, vocabulary);
    return net.model({ logits: scores });
  },
};
