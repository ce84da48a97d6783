import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../../testing/collect.ts';
import type { DatasetFile } from '../dataset-file.ts';
import { openDataset } from '../open-dataset.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-images-'));
  await mkdir(join(folder, 'pictures/deep'), { recursive: true });
  const raw = { width: 2, height: 1 };
  const rgb = sharp(Uint8Array.of(1, 2, 3, 4, 5, 6), { raw: { ...raw, channels: 3 } });
  await rgb.png().toFile(join(folder, 'pictures/a, "b".png'));
  const clear = sharp(Uint8Array.of(9, 8, 7, 0, 6, 5, 4, 128), { raw: { ...raw, channels: 4 } });
  await clear.png().toFile(join(folder, 'pictures/deep/clear.png'));
  const gray = sharp(Uint8Array.of(50, 60), { raw: { ...raw, channels: 1 } });
  await gray.toColourspace('b-w').png().toFile(join(folder, 'pictures/gray.png'));
  await writeFile(join(folder, 'pictures/readme.txt'), 'not an image');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function open(table: string | undefined, more: Partial<DatasetFile & { kind: 'images' }> = {}) {
  if (table !== undefined) await writeFile(join(folder, 'labels.csv'), table);
  const labels = table === undefined ? {} : { labels: 'labels.csv' };
  return openDataset({ kind: 'images', files: 'pictures', ...labels, ...more }, { baseDir: folder });
}

describe('pairs for super-resolution', () => {
  const open = (more: Partial<DatasetFile & { kind: 'images' }>) =>
    openDataset({ kind: 'images', files: 'slope.png', ...more }, { baseDir: folder });

  beforeAll(async () => {
    // 11 × 7 pixels that rise by 20 to the right.
    const data = Uint8Array.from({ length: 3 * 77 }, (_, i) => 20 * (Math.floor(i / 3) % 11));
    await sharp(data, { raw: { width: 11, height: 7, channels: 3 } })
      .png()
      .toFile(join(folder, 'slope.png'));
  });

  test.each(['cubic', 'lanczos3', 'linear'] as const)(
    '%s: the target is the image, cropped to a multiple',
    async (kernel) => {
      const dataset = await open({
        targets: { downscale: 3, kernel },
        preprocess: { color: 'luma', scale: 0.05 },
      });
      expect(dataset.task).toBe('regression');
      const [{ inputs, targets }] = await collect(dataset.batches({ batchSize: 4 }));
      expect(targets?.shape).toEqual([1, 1, 6, 9]);
      // The centre 9 of 11 columns.
      expect(Array.from(targets?.data.slice(0, 9) ?? [], Number).map((value) => value.toFixed(3))).toEqual([
        '1.000',
        '2.000',
        '3.000',
        '4.000',
        '5.000',
        '6.000',
        '7.000',
        '8.000',
        '9.000',
      ]);
      expect(inputs.pixels.shape).toEqual([1, 1, 2, 3]);
      // A symmetric kernel keeps a slope where it does not meet an edge: the middle is the mean of its three columns.
      expect(Number(inputs.pixels.data[1])).toBeCloseTo(5, 5);
    },
  );

  test('what does not go together is refused, as is an image smaller than the factor', async () => {
    const wrong = {
      targets: { downscale: 3 },
      labels: 'labels.csv',
      preprocess: { layout: 'nhwc' as const },
    };
    await expect(open(wrong)).rejects.toThrow(/labels and targets exclude each other\n.*expected nchw/);
    const small = await open({ targets: { downscale: 8 } });
    await expect(collect(small.batches({ batchSize: 1 }))).rejects.toMatchObject({ code: 'crop-too-large' });
  });
});

describe('images', () => {
  test('the table tells the samples of a folder, quoted fields and other columns included', async () => {
    const dataset = await open(
      'index,file,who,name\r\n2,"a, ""b"".png",me,"ship, large"\r\n0,deep/clear.png,you,cat\r\n\r\n0,gray.png,x,cat\r\n',
      { preprocess: { layout: 'nhwc' } },
    );
    expect(dataset.classNames).toEqual(['cat', '1', 'ship, large']);
    const [batch] = await collect(dataset.batches({ batchSize: 9 }));
    expect(batch.labels).toEqual(Int32Array.of(2, 0, 0));
    // Transparency is dropped, grey repeated.
    const expected = [1, 2, 3, 4, 5, 6, 9, 8, 7, 6, 5, 4, 50, 50, 50, 60, 60, 60];
    expect(batch.inputs.pixels.data).toEqual(Float32Array.from(expected));
  });

  test('without a table all images of the folder, by name', async () => {
    const dataset = await open(undefined, { preprocess: { color: 'gray', crop: 1 } });
    expect(dataset).toMatchObject({ length: 3, task: 'none' });
    const [batch] = await collect(dataset.batches({ batchSize: 9 }));
    expect(batch.inputs.pixels.data).toEqual(Float32Array.of(2, 8, 50));
  });

  test('problems of the table come together', async () => {
    const table = 'file,index,name\ngray.png,1,a\ngray.png,x,b\n../labels.csv,1,c\n,0,d\n';
    await expect(open(table)).rejects.toMatchObject({
      code: 'dataset-file-invalid',
      message: expect.stringMatching(
        /3 problems:\n +row 2: index is "x".*\n +row 3: class 1 is called "c" here and "a" before\n +row 4: file is empty$/,
      ),
    });
    await expect(open('path,index\nx,1\n')).rejects.toThrow(
      'line 1: no column "file"; found "path", "index"',
    );
    await expect(open('')).rejects.toThrow('an empty file');
    await expect(open('file,index\n')).rejects.toThrow('the table has no rows');
    await expect(open('file,index\n"x,1\n')).rejects.toMatchObject({ code: 'dataset-file-invalid' });
    await expect(open('file,index\nx,1,2\n')).rejects.toMatchObject({ code: 'dataset-file-invalid' });
  });

  test('a row leads out of the folder no more than to a missing file', async () => {
    await expect(open('file,index\n../labels.csv,1\nno.png,2\n')).rejects.toThrow(
      /"..\/labels.csv" is not in[\s\S]*"no.png" is not in/,
    );
  });

  test('a listed file without a row is an error', async () => {
    await expect(open('file,index\ngray.png,1\n', { files: 'pictures/*.png' })).rejects.toThrow(
      'no row for "pictures/a, \\"b\\".png"',
    );
  });

  test('classification without labels is refused', async () => {
    await expect(open(undefined, { task: 'classification' })).rejects.toMatchObject({
      code: 'labels-missing',
    });
  });

  test('what is no image, or SVG, is named when read', async () => {
    await writeFile(
      join(folder, 'pictures/x.svg'),
      '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"/>',
    );
    for (const [file, got] of [
      ['readme.txt', expect.stringContaining('unsupported image format')],
      ['x.svg', 'svg'],
    ]) {
      const dataset = await open(`file,index\n${file},0\n`);
      await expect(collect(dataset.batches({ batchSize: 1 }))).rejects.toMatchObject({
        code: 'image-unreadable',
        where: join(folder, 'pictures', String(file)),
        got,
      });
    }
  });

  test('a truncated image is an error', async () => {
    const noise = Uint8Array.from({ length: 3 * 64 * 64 }, (_, i) => (i * 7919) % 256);
    const jpeg = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .jpeg()
      .toBuffer();
    await writeFile(join(folder, 'pictures/cut.jpg'), jpeg.subarray(0, jpeg.length / 2));
    const dataset = await open('file,index\ncut.jpg,0\n');
    await expect(collect(dataset.batches({ batchSize: 1 }))).rejects.toMatchObject({
      code: 'image-unreadable',
    });
  });

  test('an image bomb is refused before it is decoded', async () => {
    const side = 8200; // 8200² > 2²⁶
    const bomb = sharp({ create: { width: side, height: side, channels: 3, background: '#000' } });
    await bomb.png({ compressionLevel: 1 }).toFile(join(folder, 'pictures/bomb.png'));
    const dataset = await open('file,index\nbomb.png,0\n');
    await expect(collect(dataset.batches({ batchSize: 1 }))).rejects.toMatchObject({
      code: 'image-unreadable',
    });
  }, 20_000);
});
