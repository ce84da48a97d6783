import { z } from 'zod';
import type { Net } from '../net.ts';
import { NetWriter } from '../net-writer.ts';

const options = z.strictObject({
  vocabulary: z.int().min(2).max(1_000_000).default(16000),
  /** Tokens a text. */
  length: z.int().min(5).max(65_536).default(56),
  width: z.int().min(4).max(8_192).default(64),
  channels: z.int().min(4).max(8_192).default(64),
  classes: z.int().min(2).max(100_000).default(2),
});

/** Kim 2014: convolutions of 3, 4 and 5 words, the maximum over places, and a dense layer. */
export const textCnn: Net<z.output<typeof options>> = {
  name: 'text-cnn',
  summary: 'word vectors and convolutions over 3, 4 and 5 words, for token indices',
  options,
  training: {
    epochs: 12,
    batch: 64,
    optimizer: 'adamw',
    rate: 2e-3,
    schedule: 'cosine',
    weightDecay: 0.05,
    augment: [],
  },
  fit: (sample) => ({ length: sample.at(-1) }),
  build({ vocabulary, length, width, channels, classes }, seed) {
    const net = new NetWriter(this.name, seed);
    const words = net.embedding(
      'embedding',
      net.input('input_ids', ['N', length], 'int64'),
      vocabulary,
      width,
    );
    const x = net.op('words.dropout', 'Dropout', [
      net.op('words', 'Transpose', [words], { perm: [0, 2, 1] }),
      net.scalar(0.5),
    ]);
    const pooled = [3, 4, 5].map((kernel) => {
      const name = `conv${kernel}`;
      const weight = net.normal(`${name}.weight`, [channels, width, kernel], Math.sqrt(2 / (width * kernel)));
      const inputs = [x, weight, net.filled(`${name}.bias`, [channels], 0)];
      const map = net.relu(`${name}.relu`, net.op(name, 'Conv', inputs, { kernel_shape: [kernel] }));
      return net.op(`${name}.max`, 'GlobalMaxPool', [map]);
    });
    const joined = net.flatten('flatten', net.op('join', 'Concat', pooled, { axis: 1 }));
    const dropped = net.op('dropout', 'Dropout', [joined]);
    return net.model({ logits: net.linear('fc', dropped, 3 * channels, classes) });
  },
};
