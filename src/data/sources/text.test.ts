import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../../testing/collect.ts';
import type { DatasetFile } from '../dataset-file.ts';
import { openDataset } from '../open-dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-text-'));
  await writeFile(join(folder, 'bert.json'), JSON.stringify(BERT));
  await writeFile(join(folder, 't.txt'), '1 a good  film\n\n0 a bad bad film indeed\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const VOCAB = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'a', 'good', 'bad', 'film', '##s'];
const special = (id: number) => ({
  id,
  content: VOCAB[id],
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});
/** A BERT tokenizer as Hugging Face writes it. */
const BERT = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [0, 1, 2, 3].map(special),
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
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
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(VOCAB.map((word, id) => [word, id])),
  },
};

async function read(options: Partial<DatasetFile>, batchSize = 10) {
  // Every test gives options of this kind.
  const spec = { kind: 'text', files: 't.txt', ...options } as DatasetFile;
  const dataset = await openDataset(spec, { baseDir: folder });
  const batches = await collect(dataset.batches({ batchSize }));
  const numbers = (field: string) => batches.map(({ inputs }) => Array.from(inputs[field].data, Number));
  return { dataset, batches, numbers };
}

const built = { vocabulary: { from: 't.txt', size: 6 } } as const;

describe('vocabulary', () => {
  test('words by frequency, ties by code unit; size counts all', async () => {
    const { batches, numbers, dataset } = await read({ ...built, maxLength: 4 });
    // a 2, bad 2, film 2, good 1 (indeed is the seventh).
    expect(numbers('input_ids')).toEqual([[2, 5, 4, 0, 2, 3, 3, 4]]);
    expect(numbers('attention_mask')).toEqual([[1, 1, 1, 0, 1, 1, 1, 1]]);
    expect(numbers('token_type_ids')).toEqual([[0, 0, 0, 0, 0, 0, 0, 0]]);
    expect(batches[0].inputs.input_ids).toMatchObject({ dtype: 'int64', shape: [2, 4] });
    expect(batches[0].labels).toEqual(Int32Array.of(1, 0));
    expect(dataset.task).toBe('classification');
  });

  test('a file of words, unknown ones, no padding, no cutting', async () => {
    await writeFile(join(folder, 'words.txt'), '<unk>\n<pad>\nfilm\nbad\n');
    const { numbers } = await read({ vocabulary: 'words.txt', padding: 'none' }, 1);
    expect(numbers('input_ids')).toEqual([
      [0, 0, 2],
      [0, 3, 3, 2, 0],
    ]);
    await expect(read({ vocabulary: 'words.txt', maxLength: 4, truncation: false })).rejects.toMatchObject({
      code: 'text-too-long',
      got: '5 tokens',
    });
    await expect(read({ vocabulary: 't.txt' })).rejects.toMatchObject({ code: 'tokenizer-unusable' });
  });

  test('the next token as target, none at the end and in the padding', async () => {
    const { batches, dataset } = await read({ ...built, maxLength: 5, task: 'sequence' });
    expect(dataset.task).toBe('sequence');
    expect(batches[0].labels).toBeUndefined();
    expect(Array.from(batches[0].targets?.data ?? [], Number)).toEqual([
      5, 4, -100, -100, -100, 3, 3, 4, 1, -100,
    ]);
  });
});

describe('formats', () => {
  test('columns of a table, labels by name', async () => {
    await writeFile(join(folder, 't.csv'), 'id,verdict,review\n1,neg,"bad, film"\n2,pos,a good film\n');
    const { batches, dataset, numbers } = await read({
      files: 't.csv',
      format: { text: 'review', label: 'verdict' },
      tokenizer: 'bert.json',
      maxLength: 6,
    });
    expect(dataset.classNames).toEqual(['neg', 'pos']);
    expect(batches[0].labels).toEqual(Int32Array.of(0, 1));
    expect(numbers('input_ids')).toEqual([[2, 6, 1, 7, 3, 0, 2, 4, 5, 7, 3, 0]]);
  });

  test('lines without label are all named', async () => {
    await writeFile(join(folder, 'bad.txt'), '1 fine\nlonely\n');
    await expect(read({ files: 'bad.txt', ...built })).rejects.toThrow('line 2: expected "label text"');
    const plain = await read({ files: 'bad.txt', format: 'plain', vocabulary: 't.txt' }).catch(
      (error) => error,
    );
    expect(plain).toMatchObject({ code: 'tokenizer-unusable' });
  });
});

describe('tokenizer.json', () => {
  test('cutting keeps [CLS] and [SEP]', async () => {
    const { numbers } = await read({ tokenizer: 'bert.json', maxLength: 5 });
    expect(numbers('input_ids')).toEqual([[2, 4, 5, 7, 3, 2, 4, 6, 6, 3]]);
    expect((await read({ tokenizer: 'bert.json', padding: 'none' }, 1)).numbers('input_ids')).toEqual([
      [2, 4, 5, 7, 3],
      [2, 4, 6, 6, 7, 1, 3],
    ]);
  });

  test('without a post-processor every token is of type 0, cut texts too', async () => {
    await writeFile(join(folder, 'bare.json'), JSON.stringify({ ...BERT, post_processor: null }));
    const { numbers } = await read({ tokenizer: 'bare.json', maxLength: 4 });
    expect(numbers('input_ids').map((ids) => ids.length)).toEqual([8]);
    expect(numbers('token_type_ids')).toEqual([Array(8).fill(0)]);
  });

  test.each([
    ['{', /JSON/],
    ['[]', /model/],
    ['{"model": {"type": "Nonsense"}}', /./],
    ['{"model": null}', /./],
  ])('%s is refused', async (content, got) => {
    await writeFile(join(folder, 'broken.json'), content);
    await expect(read({ tokenizer: 'broken.json' })).rejects.toMatchObject({
      code: 'tokenizer-unusable',
      got: expect.stringMatching(got),
    });
  });

  test('neither or both is refused, as is an unknown padding', async () => {
    await expect(read({})).rejects.toThrow('expected either tokenizer or vocabulary');
    await expect(read({ ...built, tokenizer: 'bert.json' })).rejects.toThrow('expected either');
    await expect(read({ tokenizer: 'bert.json', padToken: '<none>' })).rejects.toMatchObject({
      got: 'no token "<none>"',
    });
  });
});
