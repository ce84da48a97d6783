import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PareError } from '../base/pare-error.ts';
import { collect } from '../testing/collect.ts';
import type { Dataset } from './dataset.ts';
import type { DatasetFile } from './dataset-file.ts';
import { openDataset } from './open-dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-data-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function refusal(spec: string | DatasetFile): Promise<PareError> {
  const error: unknown = await openDataset(spec, { baseDir: folder }).catch((cause: unknown) => cause);
  if (!(error instanceof PareError)) throw new Error(`expected a PareError, got ${error}`, { cause: error });
  return error;
}

async function labelsOf(dataset: Dataset): Promise<number[]> {
  const batches = await collect(dataset.batches({ batchSize: 7 }));
  return batches.flatMap(({ labels }) => Array.from(labels ?? []));
}

async function write(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), content);
  return name;
}

/** Records whose label is `number % 10` and whose first pixel is `number`. */
function cifarRecords(numbers: number[]): Uint8Array {
  const bytes = new Uint8Array(numbers.length * 3073);
  for (const [i, number] of numbers.entries()) bytes.set([number % 10, number], i * 3073);
  return bytes;
}

const range = (length: number) => Array.from({ length }, (_, i) => i);

describe('dataset file', () => {
  test('all problems come together, with their keys', async () => {
    const error = await refusal(
      await write(
        'wrong.yaml',
        `kind: idx
labels: 3
colour: red
limit: 0
split: { fraction: [0.9, 0.2] }
preprocess: { crop: -1, scale: .nan, color: rbg, shortside: 3, std: 0, resize: [3] }
`,
      ),
    );
    expect(error.code).toBe('dataset-file-invalid');
    expect(error.where).toBe('wrong.yaml');
    expect(error.isUsage).toBe(true);
    expect(error.message).toMatchInlineSnapshot(`
      ""wrong.yaml" has 11 problems:
        files: is required
        labels: expected string, received number
        preprocess.resize: expected [height, width]
        preprocess.crop: Too small: expected number to be >=1
        preprocess.color: Invalid option: expected one of "rgb"|"bgr"|"gray"|"luma"
        preprocess.scale: expected number, received NaN
        preprocess.std: expected a positive number
        preprocess: unknown key "shortside"; known keys: shortSide, resize, crop, color, layout, scale, mean, std
        split.fraction: from must be less than to
        limit: Too small: expected number to be >=1
        unknown key "colour"; known keys: files, labels, preprocess, task, split, limit, inputs, fields, constants, state, reconstruct, judge"
    `);
  });

  test('an unknown kind is refused by name', async () => {
    const error = await refusal(await write('video.yaml', 'kind: video\nfiles: x\n'));
    expect(error).toMatchObject({
      code: 'unknown-dataset-kind',
      message: 'There is no dataset kind "video".',
      where: 'video.yaml: kind',
      expected: 'audio, cifar10, csv, idx, images, npz, pb, synthetic, text',
    });
    expect((await refusal(await write('none.yaml', 'files: x\n'))).message).toBe(
      'The dataset file names no kind.',
    );
    expect((await refusal(await write('proto.json', '{"kind": "toString"}'))).code).toBe(
      'unknown-dataset-kind',
    );
  });

  test('a split the kind does not have is refused', async () => {
    expect(await refusal({ kind: 'cifar10', files: 'x.bin', split: 'validation' })).toMatchObject({
      code: 'unknown-split',
      expected: 'train, test',
    });
    expect((await refusal({ kind: 'synthetic', set: 'strokes', split: 'train' })).hint).toContain('fraction');
  });

  test('syntax errors, foreign tags, alias bombs, deep nesting and long files are refused', async () => {
    expect((await refusal(await write('syntax.yaml', 'kind: [idx\nfiles: "x'))).code).toBe(
      'dataset-file-invalid',
    );
    expect((await refusal(await write('tag.yaml', 'kind: !evil idx\nfiles: x'))).message).toContain('!evil');
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef'])
      bomb.push(`${to}: &${to} [${new Array(10).fill(`*${from}`).join(', ')}]`);
    expect((await refusal(await write('bomb.yaml', bomb.join('\n')))).code).toBe('dataset-file-invalid');
    expect((await refusal(await write('deep.json', '['.repeat(10_000)))).code).toBe('dataset-file-invalid');
    expect((await refusal(await write('long.yaml', `# ${'x'.repeat(1_000_000)}`))).code).toBe(
      'data-file-too-large',
    );
    expect((await refusal(await write('list.yaml', '- kind: idx'))).message).toContain(
      'expected keys and values',
    );
  });

  test('paths are relative to the file', async () => {
    await mkdir(join(folder, 'sub', 'bin'), { recursive: true });
    await write('sub/bin/a.bin', cifarRecords([1, 2]));
    await write('sub/data.yaml', 'kind: cifar10\nfiles: bin/*.bin\n');
    expect(await labelsOf(await openDataset('sub/data.yaml', { baseDir: folder }))).toEqual([1, 2]);
    expect(await labelsOf(await openDataset(join(folder, 'sub/data.yaml')))).toEqual([1, 2]);
  });

  test('a file that is not there is named', async () => {
    expect(await refusal('nowhere.yaml')).toMatchObject({
      code: 'dataset-missing',
      message: 'There is no file or folder "nowhere.yaml".',
    });
    expect((await refusal({ kind: 'cifar10', files: ['no.bin'] })).message).toBe(
      '"no.bin" names no existing file.',
    );
    expect((await refusal({ kind: 'idx', files: 'no-images' })).message).toContain(join(folder, 'no-images'));
  });

  test('something else is not recognised', async () => {
    await mkdir(join(folder, 'empty'), { recursive: true });
    expect((await refusal('empty')).code).toBe('dataset-not-recognised');
    expect((await refusal(await write('model.onnx', 'x'))).code).toBe('dataset-not-recognised');
  });
});

describe('split and limit', () => {
  const strokes = { kind: 'synthetic', set: 'strokes', samples: 50 } as const;

  test('fractions of one seed part the data; limit takes a seeded sample, not the first', async () => {
    await write('hundred.bin', cifarRecords(range(100)));
    const file = { kind: 'cifar10', files: 'hundred.bin' } as const;
    const read = async (more: object) => {
      const dataset = await openDataset({ ...file, ...more }, { baseDir: folder });
      const batches = await collect(dataset.batches({ batchSize: 1 }));
      return batches.map(({ inputs }) => Number(inputs.pixels.data[0]));
    };
    const train = await read({ split: { fraction: [0, 0.8], seed: 1 } });
    const rest = await read({ split: { fraction: [0.8, 1], seed: 1 } });
    expect([train.length, rest.length]).toEqual([80, 20]);
    expect([...train, ...rest].sort((a, b) => a - b)).toEqual(range(100));
    expect(rest).not.toEqual(range(100).slice(80));

    const few = await read({ limit: 10 });
    expect(few.length).toBe(10);
    expect(few).not.toEqual(range(10));
    const more = await read({ limit: 30 });
    expect(more).toEqual(expect.arrayContaining(few));
    const fewer = await openDataset({ ...file, limit: 30 }, { baseDir: folder, limit: 10 });
    expect(fewer.length).toBe(10);
    const asFew = await openDataset({ ...file, limit: 10 }, { baseDir: folder, limit: 30 });
    expect(asFew.length).toBe(10);
    expect(await read({ limit: 100 })).toEqual(range(100));
    const both = await read({ split: { fraction: [0, 0.8], seed: 1 }, limit: 5 });
    expect(train).toEqual(expect.arrayContaining(both));
  });

  test('an empty part is refused', async () => {
    const error = await refusal({ ...strokes, split: { fraction: [0, 0.001] } });
    expect(error).toMatchObject({ code: 'no-samples', got: '50 samples before split and limit' });
  });

  test('task none hides the labels', async () => {
    const dataset = await openDataset({ ...strokes, task: 'none' });
    const [batch] = await collect(dataset.batches({ batchSize: 50 }));
    expect(batch.labels).toBeUndefined();
    expect([dataset.task, dataset.classNames]).toEqual(['none', undefined]);
  });

  test('inputs names the fields', async () => {
    const dataset = await openDataset({ ...strokes, inputs: { image: 'pixels' } });
    const [batch] = await collect(dataset.batches({ batchSize: 50 }));
    expect(Object.keys(batch.inputs)).toEqual(['image']);
    expect(await refusal({ ...strokes, inputs: { image: 'pixel' } })).toMatchObject({
      code: 'unknown-field',
      expected: 'pixels',
    });
  });
});

describe('recognised folders and synthetic text', () => {
  test('cifar10 batches, the split chosen behind a question mark', async () => {
    await mkdir(join(folder, 'cifar'), { recursive: true });
    await write('cifar/data_batch_1.bin', cifarRecords([1, 2, 3]));
    await write('cifar/data_batch_2.bin', cifarRecords([4]));
    const open = (spec: string) => openDataset(spec, { baseDir: folder });
    expect(await labelsOf(await open('cifar'))).toEqual([1, 2, 3, 4]);
    await write('cifar/test_batch.bin', cifarRecords([9]));
    expect((await refusal('cifar')).code).toBe('split-not-stated');
    expect(await labelsOf(await open('cifar?split=test'))).toEqual([9]);
    expect((await open('cifar?split=train&limit=2')).length).toBe(2);
    expect((await refusal('cifar?spilt=train')).message).toContain('unknown key "spilt"');
  });

  test('synthetic:strokes', async () => {
    expect((await openDataset('synthetic:strokes')).length).toBe(10_000);
    const dataset = await openDataset('synthetic:strokes?samples=20&seed=3');
    expect([dataset.length, dataset.name]).toEqual([20, 'synthetic:strokes?samples=20&seed=3']);
    expect((await refusal('synthetic:strokes?sample=20')).message).toContain(
      'known keys: set, samples, seed',
    );
    expect((await refusal('synthetic:strokes?samples=1&samples=2')).message).toContain('samples');
    expect((await refusal('synthetic:faces')).message).toContain('strokes');
  });
});

describe('batches', () => {
  test('last batch smaller, chosen order, repeated samples', async () => {
    const dataset = await openDataset('synthetic:strokes?samples=12');
    const all = await labelsOf(dataset);
    const batches = await collect(dataset.batches({ batchSize: 2, indices: [11, 0, 5, 5, 3] }));
    expect(batches.map(({ labels }) => Array.from(labels ?? []))).toEqual([
      [all[11], all[0]],
      [all[5], all[5]],
      [all[3]],
    ]);
    expect(batches[2].inputs.pixels.shape).toEqual([1, 1, 28, 28]);
  });

  test('wrong requests fail at once', async () => {
    const dataset = await openDataset('synthetic:strokes?samples=12');
    expect(() => dataset.batches({ batchSize: 0 })).toThrow('batchSize is 0');
    expect(() => dataset.batches({ batchSize: 1, indices: [3, 12] })).toThrow('indices[1] is 12');
  });

  test('an abort ends reading', async () => {
    const dataset = await openDataset('synthetic:strokes?samples=12');
    const abort = new AbortController();
    const read = async () => {
      for await (const _ of dataset.batches({ batchSize: 1, signal: abort.signal }))
        abort.abort(new Error('enough'));
    };
    await expect(read()).rejects.toThrow('enough');
    await expect(openDataset('synthetic:strokes', { signal: abort.signal })).rejects.toThrow('enough');
  });
});

describe('reconstruct', () => {
  const strokes = { kind: 'synthetic', set: 'strokes', samples: 3 } as const;

  test('makes a field, as it is after conversion, the target; labels are passed over', async () => {
    const fields = { pixels: { scale: 0.5, shape: [784] } };
    const dataset = await openDataset({ ...strokes, fields, reconstruct: 'pixels', judge: { peak: 127.5 } });
    expect(dataset).toMatchObject({ task: 'regression', judge: { peak: 127.5 } });
    const [batch] = await collect(dataset.batches({ batchSize: 3 }));
    expect(batch.targets).toEqual(batch.inputs.pixels);
    expect(batch.targets?.shape).toEqual([3, 784]);
    expect(batch.labels).toBeUndefined();
  });

  test('with task none is no target; other tasks and unknown fields are refused', async () => {
    const [batch] = await collect(
      (await openDataset({ ...strokes, reconstruct: 'pixels', task: 'none' })).batches({ batchSize: 3 }),
    );
    expect(batch.targets).toBeUndefined();
    await expect(openDataset({ ...strokes, reconstruct: 'pixels', task: 'classification' })).rejects.toThrow(
      'reconstruct: the task is regression then, or none, not classification',
    );
    await expect(openDataset({ ...strokes, reconstruct: 'sound' })).rejects.toMatchObject({
      code: 'unknown-field',
      hint: 'Name the field whose values the model is to give back.',
    });
  });

  test('two states cannot share an input', async () => {
    await expect(openDataset({ ...strokes, state: { a: 'h', b: 'h' } })).rejects.toThrow(
      'state: expected another input for each output',
    );
  });
});
