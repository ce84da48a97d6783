// Real data; the numbers were computed with numpy and Pillow, independently of this code.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
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

  test('batches of images of several sizes say what to do', async () => {
    const dataset = await openDataset(folder);
    await expect(read(dataset, [0, 699], 2)).rejects.toMatchObject({
      code: 'samples-differ-in-shape',
      expected: 'float[3, 256, 341]',
      got: 'float[3, 256, 337]',
      hint: expect.stringContaining('preprocess.crop'),
    });
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
