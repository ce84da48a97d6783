import { z } from 'zod';
import type { Net } from '../net.ts';
import { NetWriter } from '../net-writer.ts';
import { transformerBlock } from '../transformer-block.ts';

const options = z.strictObject({
  vocabulary: z.int().min(2).max(1_000_000).default(16000),
  /** Tokens a text. */
  length: z.int().min(2).max(65_536).default(64),
  width: z.int().min(8).max(8_192).default(64),
  heads: z.int().min(1).max(256).default(4),
  layers: z.int().min(1).max(256).default(2),
  classes: z.int().min(2).max(100_000).default(2),
});

/** Token and place vectors, blocks of attention, the mean over places that are not padding (index 0), a dense layer. */
export const transformerEncoder: Net<z.output<typeof options>> = {
  name: 'transformer-encoder',
  summary: 'attention over token indices, for classes of texts',
  options,
  training: {
    epochs: 8,
    batch: 64,
    optimizer: 'adamw',
    rate: 1e-3,
    schedule: 'one-cycle',
    weightDecay: 0.05,
    augment: [],
    clipNorm: 1,
  },
  fit: (sample) => ({ length: sample.at(-1) }),
  build({ vocabulary, length, width, heads, layers, classes }, seed) {
    const net = new NetWriter(this.name, seed);
    const ids = net.input('input_ids', ['N', length], 'int64');
    const words = net.embedding('embedding', ids, vocabulary, width);
    let x = net.op('positioned', 'Add', [words, net.positions('positions', length, width)]);
    const isWord = net.op('words', 'Cast', [net.op('is_word', 'Greater', [ids, padding(net)])], { to: 1 });
    const counts = net.op('words.column', 'Unsqueeze', [isWord, net.ints([2])]);
    const missing = net.op('missing', 'Sub', [isWord, net.scalar(1)]);
    const column = net.op('missing.column', 'Unsqueeze', [missing, net.ints([1, 2])]);
    const mask = net.op('mask', 'Mul', [column, net.scalar(1e4)]);
    for (let layer = 1; layer <= layers; layer++)
      x = transformerBlock(net, `layer${layer}`, x, { width, heads, length, layers, mask });
    const kept = net.op('kept', 'Mul', [net.layerNorm('norm', x, width), counts]);
    const total = net.op('sum', 'ReduceSum', [kept, net.ints([1])], { keepdims: 0 });
    const number = net.op('count', 'ReduceSum', [counts, net.ints([1])], { keepdims: 0 });
    const mean = net.op('mean', 'Div', [total, net.op('count.least', 'Max', [number, net.scalar(1)])]);
    return net.model({ logits: net.linear('fc', mean, width, classes) });
  },
};

function padding(net: NetWriter) {
  return net.constant({ dtype: 'int64', shape: [], data: BigInt64Array.of(0n) });
}
