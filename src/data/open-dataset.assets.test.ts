// Real data; the numbers were computed with numpy and Pillow, independently of this code.
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { collect } from '../testing/collect.ts';
import type { Batch, Dataset } from './dataset.ts';
import { openDataset } from './open-dataset.ts';

const assets = resolve(process.env.PARE_ASSETS ?? '../shared/assets');
const suite = describe.skipIf(!existsSync(assets)); // reason: the assets are not part of the project

const CIFAR_TEST = `${assets}/cifar10/test_batch_first1000.bin.gz`;

async function read(dataset: Dataset, indices?: number[], batchSize = 100): Promise<Batch[]> {
  return collect(dataset.batches({ batchSize, ...(indices && { indices }) }));
}

function histogram(batches: Batch[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const { labels } of batches) for (const label of labels ?? []) counts[label]++;
  return counts;
}

function pixels(batch: Batch): Float32Array {
  return batch.inputs.pixels.data as Float32Array; // image kinds give float
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

/** Sum of one plane of each sample of NCHW batches. */
function planeSums(batches: Batch[]): number[] {
  const sums = [0, 0, 0];
  for (const batch of batches) {
    const [n, c, h, w] = batch.inputs.pixels.shape;
    const data = pixels(batch);
    for (let i = 0; i < n * c; i++) for (let k = 0; k < h * w; k++) sums[i % c] += data[i * h * w + k];
  }
  return sums;
}

suite('CIFAR-10', () => {
  test('first 1,000 test images as they are', async () => {
    const dataset = await openDataset(`${assets}/cifar10`);
    expect(dataset).toMatchObject({ length: 1000, task: 'classification' });
    expect(dataset.classNames?.[3]).toBe('cat');
    const batches = await read(dataset);
    expect(batches[0].inputs.pixels.shape).toEqual([100, 3, 32, 32]);
    expect(histogram(batches, 10)).toEqual([103, 89, 100, 103, 90, 86, 112, 102, 106, 109]);
    expect(planeSums(batches)).toEqual([129709978, 127077761, 117772592]);
    expect(Array.from(batches[0].labels?.slice(0, 5) ?? [])).toEqual([3, 8, 8, 0, 6]);
  });

  test('normalized for ResNet-20', async () => {
    const dataset = await openDataset({
      kind: 'cifar10',
      files: CIFAR_TEST,
      preprocess: { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    });
    const sums = planeSums(await read(dataset));
    for (const [c, expected] of [52517.817891092505, 140179.28906750027, 204930.23085979652].entries())
      expect(sums[c]).toBeCloseTo(expected, 5);
    const [batch] = await read(dataset, [7, 0]);
    expect(pixels(batch)[2 * 1024 + 5 * 32 + 9]).toBe(Math.fround((33 / 255 - 0.406) / 0.225));
    expect(pixels(batch)[3 * 1024 + 31 * 32]).toBe(Math.fround(-1.1931672));
  });
});

suite('MNIST', () => {
  test.each([
    ['test', 10000, 264923200, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009], 18454, 41833],
  ] as const)('%s split', async (split, length, total, counts, first, last) => {
    const dataset = await openDataset(`${assets}/mnist?split=${split}`);
    expect(dataset.length).toBe(length);
    const batches = await read(dataset, undefined, 1000);
    expect(batches[0].inputs.pixels.shape).toEqual([1000, 1, 28, 28]);
    expect(planeSums(batches)[0]).toBe(total);
    expect(histogram(batches, 10)).toEqual(counts);
    const [ends] = await read(dataset, [0, length - 1]);
    expect([sum(pixels(ends).subarray(0, 784)), sum(pixels(ends).subarray(784))]).toEqual([first, last]);
  });

  test('the folder holds two splits, so one must be chosen', async () => {
    await expect(openDataset(`${assets}/mnist`)).rejects.toMatchObject({
      code: 'split-not-stated',
      hint: expect.stringContaining('mnist?split=test'),
    });
  });

  test('labels of the other split are refused', async () => {
    const spec = {
      kind: 'idx',
      files: `${assets}/mnist/t10k-images-idx3-ubyte.gz`,
      labels: `${assets}/mnist/train-labels-idx1-ubyte.gz`,
    } as const;
    await expect(openDataset(spec)).rejects.toMatchObject({
      code: 'data-file-malformed',
      expected: '10000 labels, one an image',
      got: '60000 labels',
    });
  });
});

suite('ImageNet sample', () => {
  const folder = `${assets}/imagenet-sample`;
  const TENCH = 0;
  const CLIFF = 350;

  test('recognised folder: 700 images, as decoded', async () => {
    const dataset = await openDataset(folder);
    expect(dataset.length).toBe(700);
    expect(dataset.classNames?.[0]).toBe('tench');
    const batches = await read(dataset, [TENCH, CLIFF, 699], 1);
    expect(batches.map(({ labels }) => labels?.[0])).toEqual([0, 500, 996]);
    expect(batches.map(({ inputs }) => inputs.pixels.shape)).toEqual([
      [1, 3, 256, 341],
      [1, 3, 256, 341],
      [1, 3, 256, 337],
    ]);
    expect(batches.map((batch) => planeSums([batch]))).toEqual([
      [9298894, 9715316, 8274515],
      [11573793, 11586112, 11786429],
      [14314871, 12382240, 8359381],
    ]);
  });

  test('images of several sizes come one by one, those of one size together', async () => {
    const batches = await read(await openDataset(folder), [0, 0, 699], 2);
    expect(batches.map(({ inputs }) => inputs.pixels.shape)).toEqual([
      [2, 3, 256, 341],
      [1, 3, 256, 337],
    ]);
  });

  test('as MobileNet takes them', async () => {
    const dataset = await openDataset({
      kind: 'images',
      files: `${folder}/images`,
      labels: `${folder}/labels.csv`,
      preprocess: { shortSide: 256, crop: 224, color: 'rgb', scale: 0.00784313725490196, mean: 1 },
    });
    const [tench, cliff] = await read(dataset, [TENCH, CLIFF], 1);
    expect(tench.inputs.pixels.shape).toEqual([1, 3, 224, 224]);
    const expected = [
      [-1677.866758656688, -2142.7451889635995, -11833.247343702242],
      [-4760.313981507439, -4899.0982610639185, -4855.4590542181395],
    ];
    for (const [i, batch] of [tench, cliff].entries())
      for (const [c, total] of planeSums([batch]).entries()) expect(total).toBeCloseTo(expected[i][c], 6);
    expect(pixels(tench)[0]).toBe(Math.fround(-0.40392157435417175));
  });

  test('nhwc holds the same values in the other order', async () => {
    const options = { kind: 'images', files: `${folder}/images`, labels: `${folder}/labels.csv` } as const;
    const [nchw] = await read(await openDataset({ ...options, preprocess: { crop: [5, 7] } }), [TENCH]);
    const [nhwc] = await read(
      await openDataset({ ...options, preprocess: { crop: [5, 7], layout: 'nhwc', color: 'bgr' } }),
      [TENCH],
    );
    expect(nhwc.inputs.pixels.shape).toEqual([1, 5, 7, 3]);
    const expected = Float32Array.from(
      { length: 105 },
      (_, i) => pixels(nchw)[(2 - (i % 3)) * 35 + Math.floor(i / 3)],
    );
    expect(nhwc.inputs.pixels.data).toEqual(expected);
  });

  test("gray is Pillow's L, luma the unrounded Y", async () => {
    const options = { kind: 'images', files: `${folder}/images`, labels: `${folder}/labels.csv` } as const;
    const [gray] = await read(await openDataset({ ...options, preprocess: { color: 'gray' } }), [TENCH]);
    expect(gray.inputs.pixels.shape).toEqual([1, 1, 256, 341]);
    expect(sum(pixels(gray))).toBe(9425270);
    const [luma] = await read(
      await openDataset({ ...options, preprocess: { color: 'luma', scale: 1 / 255 } }),
      [TENCH],
    );
    expect(sum(pixels(luma))).toBeCloseTo(36966.880315724295, 3);
    expect(pixels(luma)[100 * 341 + 200]).toBe(Math.fround(0.3610431372549019));
  });

  test.each([
    [{ shortSide: 100 }, [100, 133], [1416682, 1480146, 1260672]],
    [{ resize: [40, 60] as [number, number] }, [40, 60], [255655, 267177, 227568]],
  ])('%j is near Pillow’s Lanczos', async (preprocess, size, expected) => {
    const dataset = await openDataset({
      kind: 'images',
      files: `${folder}/images/n01440764_tench.jpg`,
      preprocess,
    });
    const [batch] = await read(dataset);
    expect(batch.labels).toBeUndefined();
    expect(batch.inputs.pixels.shape).toEqual([1, 3, ...size]);
    // Both filter with Lanczos-3 but round intermediate sums differently: mean within a third of a grey level.
    const count = size[0] * size[1];
    for (const [c, total] of planeSums([batch]).entries())
      expect(Math.abs(total - expected[c]) / count).toBeLessThan(1 / 3);
  });

  test('a part of the images by pattern, the labels found by file name', async () => {
    const dataset = await openDataset({
      kind: 'images',
      files: `${folder}/images/n0144*.jpg`,
      labels: `${folder}/labels.csv`,
    });
    expect(dataset.length).toBe(2);
    const batches = await read(dataset, undefined, 1);
    expect(batches.map(({ labels }) => labels?.[0])).toEqual([0, 1]);
  });
});

suite('spoken digits', () => {
  const files = `${assets}/audio/free-spoken-digits.tar.gz`;
  const shared = { kind: 'audio', files, labelPattern: '^(\\d)_' } as const;
  const values = (batch: Batch) => batch.inputs.audio.data as Float32Array; // audio gives float

  test('the official split', async () => {
    const testSet = await openDataset({ ...shared, match: '_[0-4]\\.wav$', seconds: 1 });
    expect(testSet).toMatchObject({ length: 300, task: 'classification' });
    const batches = await read(testSet);
    expect(batches[0].inputs.audio.shape).toEqual([100, 8000]);
    expect(histogram(batches, 10)).toEqual(new Array(10).fill(30));
    const training = await openDataset({ ...shared, match: '_([5-9]|\\d\\d)\\.wav$' });
    expect(training.length).toBe(1200);
  });

  test('samples, log-mel and MFCC as numpy has them', async () => {
    const one = { ...shared, match: '0_george_15' };
    const [raw] = await read(await openDataset(one));
    expect(raw.inputs.audio.shape).toEqual([1, 4186]);
    expect(sum(values(raw))).toBe(-0.26812744140625);
    const features = { window: 200, hop: 80, bands: 40, from: 20, to: 4000 };
    const [mel] = await read(await openDataset({ ...one, features: { kind: 'log-mel', ...features } }));
    expect(mel.inputs.audio.shape).toEqual([1, 50, 40]);
    for (const [i, value] of [-9.711568992784438, -4.503907173907591, -2.398968221439386].entries())
      expect(values(mel)[3 * 40 + i]).toBeCloseTo(value, 5);
    expect(sum(values(mel))).toBeCloseTo(-7697.7228663469905, 3);
    const [mfcc] = await read(await openDataset({ ...one, features: { kind: 'mfcc', ...features } }));
    expect(mfcc.inputs.audio.shape).toEqual([1, 50, 13]);
    expect(values(mfcc)[3 * 13]).toBeCloseTo(-31.07379075686863, 5);
    expect(sum(values(mfcc))).toBeCloseTo(-2071.9578196941784, 3);
  });
});

suite('speech', () => {
  test('frames of Silero VAD, in sequences of 100', async () => {
    const dataset = await openDataset({
      kind: 'audio',
      files: `${assets}/audio/speech-60s-16khz.wav`,
      frames: { size: 576, hop: 512, lead: 64, steps: 100 },
      state: { stateN: 'state' },
    });
    // 1875 frames.
    expect(dataset.length).toBe(18);
    const steps = await read(dataset, [1]);
    expect(steps.length).toBe(100);
    expect(steps[0].inputs.audio.shape).toEqual([1, 576]);
    // Frame 100 brings samples 51200 − 64 .. 51712.
    expect(sum(steps[0].inputs.audio.data as Float32Array)).toBeCloseTo(-3.0517578125e-5, 10); // audio gives float
  });
});

suite('SST-2', () => {
  test('a vocabulary of the training texts', async () => {
    const dataset = await openDataset({
      kind: 'text',
      files: `${assets}/text/stsa.binary.test`,
      vocabulary: { from: `${assets}/text/stsa.binary.train`, size: 10000 },
      maxLength: 32,
    });
    expect(dataset.length).toBe(1821);
    const batches = await read(dataset);
    expect(histogram(batches, 2)).toEqual([912, 909]);
    const total = (field: string) =>
      sum(batches.map(({ inputs }) => sum(Array.from(inputs[field].data, Number))));
    expect(total('input_ids')).toBe(23923590);
    expect(total('attention_mask')).toBe(34231);
    expect(Array.from(batches[0].inputs.input_ids.data.slice(0, 12), Number)).toEqual([
      64, 3321, 4, 64, 1, 4, 30, 68, 7, 269, 2, 0,
    ]);
  });
});

suite('MNIST as .npy', () => {
  test('is what the IDX files hold', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pare-mnist-'));
    try {
      const save = async (name: string, shape: string, bytes: Uint8Array) => {
        const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape}), }`.padEnd(117);
        const head = Buffer.from(`\x93NUMPY\x01\x00\x76\x00${text}\n`, 'latin1');
        await writeFile(join(folder, name), Buffer.concat([head, bytes]));
      };
      const unpack = (name: string) => gunzipSync(readFileSync(`${assets}/mnist/t10k-${name}-ubyte.gz`));
      await save('x.npy', '10000, 28, 28', unpack('images-idx3').subarray(16));
      await save('y.npy', '10000,', unpack('labels-idx1').subarray(8));
      const arrays = await openDataset(
        {
          kind: 'npz',
          files: '*.npy',
          labels: 'y',
          fields: { x: { dtype: 'float', shape: [1, 28, 28] } },
        },
        { baseDir: folder },
      );
      const idx = await openDataset(`${assets}/mnist?split=test`);
      expect(arrays.length).toBe(10000);
      const [a] = await read(arrays, [9999, 0, 5000]);
      const [b] = await read(idx, [9999, 0, 5000]);
      expect(a.inputs.x).toEqual(b.inputs.pixels);
      expect(a.labels).toEqual(b.labels);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

suite('ONNX test data', () => {
  test('arc cosines out of the archive', async () => {
    const dataset = await openDataset({
      kind: 'pb',
      files: `${assets}/conformance/onnx-cases.tar.gz`,
      match: 'node/test_acos/',
    });
    expect(dataset).toMatchObject({ length: 3, task: 'regression' });
    const [{ inputs, targets }] = await read(dataset);
    expect(inputs.x.shape).toEqual([3, 4, 5]);
    for (let i = 0; i < 60; i++)
      expect(Number(targets?.data[i])).toBeCloseTo(Math.acos(Number(inputs.x.data[i])), 5);
  });
});
