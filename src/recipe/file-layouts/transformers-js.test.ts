import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeModelFile } from '../../onnx/write/write-model-file.ts';
import { quantizeOptions } from '../../quantize/options.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { textEncoder } from '../../testing/text-encoder.ts';
import { quantize } from '../steps/quantize.ts';
import { transformFile } from '../transform-file.ts';
import { transformersJs } from './transformers-js.ts';

const run = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), 'pare-transformers-'));
const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'small', 'nets', 'answer', 'fast', 'and', 'well'];
const runner = await ortNode();

/** Where `@huggingface/transformers` is found: a development dependency. */
const project = resolve(import.meta.dirname, '../../..');

const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: { type: 'Lowercase' },
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
    vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    unk_token: '[UNK]',
  },
};

beforeAll(async () => {
  await mkdir(join(folder, 'in/onnx'), { recursive: true });
  const sizes = { vocabulary: 64, positions: 32, width: 64, heads: 4, layers: 2 };
  await writeModelFile(textEncoder(sizes), join(folder, 'in/onnx/model.onnx'));
  const config = { model_type: 'bert', architectures: ['BertModel'], hidden_size: sizes.width };
  await writeFile(join(folder, 'in/config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'in/tokenizer.json'), JSON.stringify(tokenizer));
  const tokens = { tokenizer_class: 'BertTokenizer', pad_token: '[PAD]', unk_token: '[UNK]' };
  await writeFile(join(folder, 'in/tokenizer_config.json'), JSON.stringify(tokens));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(options: object, output = 'out') {
  const request = {
    command: 'quantize',
    input: join(folder, 'in/onnx/model.onnx'),
    output: join(folder, output),
    options: quantizeOptions.parse({ target: 'x64-vnni', mode: 'weights', ...options }),
    seed: 0,
    threads: 1,
    layout: transformersJs,
  };
  return transformFile(quantize, request, { runner, architecture: 'x64' });
}

const variants = [
  ['int8', { weights: 'int8' }],
  ['uint8', { weights: 'uint8' }],
  ['q4', { weights: 'int4', blockKernels: 'always' }],
  ['fp16', { weights: 'float16', activations: 'float16' }],
  ['q4f16', { weights: 'uint4', activations: 'float16' }],
] as const;

describe('files', () => {
  test.each(variants)('%s: named so, beside the files every variant needs', async (suffix, options) => {
    const report = await write(options);
    expect(report.output?.path).toBe(join(folder, `out/onnx/model_${suffix}.onnx`));
    expect(report.output?.bytes).toBe((await readFile(join(folder, `out/onnx/model_${suffix}.onnx`))).length);
    for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json'])
      expect(await readFile(join(folder, 'out', name))).toEqual(await readFile(join(folder, 'in', name)));
  });

  test('integer computation is what the loader calls quantized; other models are called model', () => {
    const integers = { weights: 'int8', activations: 'uint8', computesInFloat: false };
    expect(transformersJs.modelPath('a/decoder.onnx', integers)).toBe('onnx/model_quantized.onnx');
    expect(transformersJs.modelPath('a/onnx/decoder.onnx', integers)).toBe('onnx/decoder_quantized.onnx');
  });

  test.each([
    ['a/onnx/model.onnx', 'a/'],
    ['onnx/model.onnx', ''],
    ['a/b/net.onnx', 'a/b/'],
    ['net.onnx', ''],
  ])('%s lies in the layout of "%s"', (input, root) => {
    expect(transformersJs.rootOf(input)).toBe(root);
  });

  test('files that are there already stay', async () => {
    await mkdir(join(folder, 'kept'));
    await writeFile(join(folder, 'kept/config.json'), 'mine');
    await write({ weights: 'int8' }, 'kept');
    expect(await readFile(join(folder, 'kept/config.json'), 'utf8')).toBe('mine');
    expect(existsSync(join(folder, 'kept/tokenizer.json'))).toBe(true);
  });

  test('formats it has no name for, and a model’s name as -o, are refused before any work', async () => {
    await expect(write({ weights: 'bfloat16' })).rejects.toMatchObject({ code: 'layout-has-no-name' });
    await expect(write({ weights: 'int8', activations: 'float16' })).rejects.toMatchObject({
      code: 'layout-has-no-name',
    });
    await expect(write({ weights: 'int8' }, 'a.onnx')).rejects.toMatchObject({ code: 'layout-needs-folder' });
  });
});

/** Mean-pooled embeddings of a sentence by transformers.js, in a process of its own: it brings its own engine. */
async function embed(root: string, dtype: string): Promise<number[]> {
  const program = `
    import { env, pipeline } from '@huggingface/transformers';
    env.allowRemoteModels = false;
    env.localModelPath = ${JSON.stringify(folder)};
    const embed = await pipeline('feature-extraction', ${JSON.stringify(root)}, { dtype: ${JSON.stringify(dtype)}, device: 'cpu' });
    const { data } = await embed('Small nets answer fast and well', { pooling: 'mean' });
    console.log(JSON.stringify(Array.from(data)));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: project });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * y[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

describe('@huggingface/transformers', () => {
  test.each(variants)(
    '%s loads and answers like the original',
    { timeout: 60_000 },
    async (suffix, options) => {
      await write(options);
      const [expected, got] = [await embed('in', 'fp32'), await embed('out', suffix)];
      expect(got).toHaveLength(64);
      const bits4 = suffix.startsWith('q4');
      expect(cosine(expected, got)).toBeGreaterThan(bits4 ? 0.97 : 0.999);
      expect(cosine(expected, got)).toBeLessThan(1);
    },
  );
});
