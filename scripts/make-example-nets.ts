/**
 * Writes the nets of docs/guides into a folder: small ones of seeded random weights, with made-up data. They know nothing
 * of the world, but quantize as trained nets of their kind do.
 *
 *     npx unrun scripts/make-example-nets.ts out/nets
 *
 * reader/    LSTM and GRU over words to two classes      sentences.txt
 * listener/  LSTM over frames of sound, state fed back   sound.wav
 * encoder/   BERT-like, as transformers.js lays it out   sentences.txt
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import wavefile from 'wavefile';
import { Rng } from '../src/base/rng.ts';
import type { Model } from '../src/onnx/ir/model.ts';
import type { Value } from '../src/onnx/ir/value.ts';
import { writeModelFile } from '../src/onnx/write/write-model-file.ts';
import { GraphBuilder } from '../src/testing/build-graph.ts';
import { f32, int64 } from '../src/testing/tensors.ts';
import { textEncoder } from '../src/testing/text-encoder.ts';

const folder = process.argv.at(-1) ?? '';
const WORDS = 200;
const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
const SAMPLE_RATE = 8000;
const SECONDS = 8;
const words = [...SPECIAL, ...Array.from({ length: WORDS }, (_, i) => `w${i}`)];

for (const name of ['reader', 'listener', 'encoder/onnx']) mkdirSync(join(folder, name), { recursive: true });
await writeModelFile(reader(), join(folder, 'reader/reader.onnx'));
await writeModelFile(listener(), join(folder, 'listener/listener.onnx'));
const width = 256;
const sizes = { vocabulary: words.length, positions: 64, width, heads: 4, layers: 1 };
await writeModelFile(textEncoder(sizes), join(folder, 'encoder/onnx/model.onnx'));
for (const [name, content] of Object.entries(textFiles())) writeFileSync(join(folder, name), content);
writeFileSync(join(folder, 'listener/sound.wav'), sound());

/** Words [batch, 16] through a table, an LSTM and a GRU to scores of two classes. */
function reader(): Model {
  const b = new GraphBuilder('reader');
  const size = 128;
  const ids = b.input('input_ids', ['batch', 16], 'int64');
  const table = b.constant('words', f32([words.length, size], 'words', 0.5));
  const embedded = b.node('Gather', [table, ids], { name: 'embed' });
  const steps = b.node('Transpose', [embedded], { attributes: { perm: [1, 0, 2] } });
  const [sequence] = recurrent(b, 'LSTM', 'lstm', steps, size);
  const rows = b.node('Squeeze', [sequence, b.constant('direction', int64([1]))]);
  const [, last] = recurrent(b, 'GRU', 'gru', rows, size);
  const state = b.node('Squeeze', [last, b.constant('first', int64([0]))]);
  const logits = dense(b, 'classes', state, [size, 2], 'logits');
  logits.type = { kind: 'tensor', dtype: 'float', shape: ['batch', 2] };
  return b.model(17, logits);
}

/** A frame of sound [1, 128] and the state [2, 1, 128] to a probability and the next state. */
function listener(): Model {
  const b = new GraphBuilder('listener');
  const size = 128;
  const frame = b.input('frame', [1, size]);
  const state = b.input('state', [2, 1, size]);
  const axis = b.constant('first', int64([0]));
  const step = b.node('Unsqueeze', [frame, axis]);
  const { outputs } = b.nodeOf('Split', [state], { outputs: ['h', 'c'], attributes: { axis: 0 } });
  const [, h, c] = recurrent(b, 'LSTM', 'lstm', step, size, outputs);
  const next = b.node('Concat', [h, c], { outputs: ['state_next'], attributes: { axis: 0 } });
  const score = dense(b, 'decide', b.node('Squeeze', [h, axis]), [size, 1], 'score');
  const probability = b.node('Sigmoid', [score], { outputs: ['probability'] });
  probability.type = { kind: 'tensor', dtype: 'float', shape: [1, 1] };
  next.type = { kind: 'tensor', dtype: 'float', shape: [2, 1, size] };
  return b.model(17, probability, next);
}

/** A recurrent layer of one direction, as wide as its input; its outputs in ONNX's order. */
function recurrent(
  b: GraphBuilder,
  opType: 'LSTM' | 'GRU',
  name: string,
  steps: Value,
  size: number,
  initial: readonly (Value | undefined)[] = [],
): Value[] {
  const gates = { LSTM: 4, GRU: 3 }[opType] * size;
  const matrix = (part: string) =>
    b.constant(`${name}.${part}`, f32([1, gates, size], `${name}.${part}`, 1.5 / Math.sqrt(size)));
  const bias = b.constant(`${name}.b`, f32([1, 2 * gates], `${name}.b`, 0.1));
  const outputs = [`${name}_y`, `${name}_h`, ...(opType === 'LSTM' ? [`${name}_c`] : [])];
  const inputs = [steps, matrix('w'), matrix('r'), bias, undefined, ...initial];
  const node = b.nodeOf(opType, inputs, { name, outputs, attributes: { hidden_size: size } });
  return node.outputs.filter((value) => value !== undefined);
}

function dense(
  b: GraphBuilder,
  name: string,
  x: Value,
  shape: readonly [number, number],
  output: string,
): Value {
  const weight = b.constant(`${name}.w`, f32(shape, name, 4 / Math.sqrt(shape[0])));
  return b.node('Gemm', [x, weight, b.constant(`${name}.b`, f32([shape[1]], `${name}.b`, 0.01))], {
    name,
    outputs: [output],
  });
}

/** Sentences of made-up words, and what transformers.js reads beside an encoder. */
function textFiles(): Record<string, string> {
  const rng = new Rng(1);
  const sentence = () => Array.from({ length: 14 }, () => `w${rng.below(WORDS)}`).join(' ');
  const sentences = `${Array.from({ length: 64 }, sentence).join('\n')}\n`;
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
      },
    },
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(words.map((w, id) => [w, id])),
      unk_token: '[UNK]',
    },
  };
  return {
    'reader/sentences.txt': sentences,
    'reader/words.txt': `${words.join('\n')}\n`,
    'encoder/sentences.txt': sentences,
    'encoder/tokenizer.json': JSON.stringify(tokenizer),
    'encoder/tokenizer_config.json': JSON.stringify({ tokenizer_class: 'BertTokenizer', pad_token: '[PAD]' }),
    'encoder/config.json': JSON.stringify({ model_type: 'bert', hidden_size: width }),
  };
}

/** A WAVE file of tones that come and go: mono, 16 bits. */
function sound(): Uint8Array {
  const samples = Int16Array.from({ length: SAMPLE_RATE * SECONDS }, (_, i) => {
    const t = i / SAMPLE_RATE;
    const loudness = Math.max(0, Math.sin(2 * Math.PI * 0.5 * t));
    return Math.floor(12000 * loudness * Math.sin(2 * Math.PI * (200 + 100 * Math.floor(t)) * t));
  });
  const wave = new wavefile.WaveFile();
  wave.fromScratch(1, SAMPLE_RATE, '16', samples);
  return wave.toBuffer();
}
