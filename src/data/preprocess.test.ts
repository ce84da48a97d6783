import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPreprocess } from './preprocess.ts';
import { preprocessOptions } from './preprocess-options.ts';
import type { RawImage } from './raw-image.ts';

/** Pixel (y, x, c) is 100·c + 10·y + x. */
function ramp(height: number, width: number, channels: 1 | 3): RawImage {
  const data = Uint8Array.from({ length: height * width * channels }, (_, i) => {
    const [c, at] = [i % channels, Math.floor(i / channels)];
    return 100 * c + 10 * Math.floor(at / width) + (at % width);
  });
  return { width, height, channels, data };
}

async function run(image: RawImage, options: object) {
  const preprocess = createPreprocess(preprocessOptions.parse(options), image.channels, 'data.yaml');
  const { shape, data } = await preprocess(image, 'image');
  return { shape, data: Array.from(data) };
}

describe('preprocess', () => {
  test('crop starts at floor((n − c) / 2)', async () => {
    // (4 − 1) / 2 → 1 and (5 − 2) / 2 → 1
    expect(await run(ramp(4, 5, 1), { crop: [1, 2] })).toEqual({ shape: [1, 1, 2], data: [11, 12] });
  });

  test('layouts and channel order', async () => {
    expect((await run(ramp(1, 2, 3), {})).data).toEqual([0, 1, 100, 101, 200, 201]);
    expect((await run(ramp(1, 2, 3), { color: 'bgr' })).data).toEqual([200, 201, 100, 101, 0, 1]);
    expect(await run(ramp(1, 2, 3), { layout: 'nhwc' })).toEqual({
      shape: [1, 2, 3],
      data: [0, 100, 200, 1, 101, 201],
    });
  });

  test('a grey image as rgb repeats its channel', async () => {
    expect(await run(ramp(1, 2, 1), { color: 'rgb' })).toEqual({
      shape: [3, 1, 2],
      data: [0, 1, 0, 1, 0, 1],
    });
  });

  test('gray rounds, luma does not', async () => {
    const image: RawImage = { width: 1, height: 1, channels: 3, data: Uint8Array.of(10, 20, 31) };
    const y = 0.299 * 10 + 0.587 * 20 + 0.114 * 31; // 18.264
    expect((await run(image, { color: 'gray' })).data).toEqual([18]);
    expect((await run(image, { color: 'luma' })).data).toEqual([Math.fround(y)]);
    expect((await run(image, { color: 'luma', scale: 0.5, mean: 1, std: 2 })).data).toEqual([
      Math.fround((y * 0.5 - 1) / 2),
    ]);
  });

  test('value = (pixel × scale − mean) / std in float64, stored in float32', async () => {
    const numbers = fc.double({ min: -10, max: 10, noNaN: true });
    const positive = fc.double({ min: 0.01, max: 10, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        numbers,
        fc.tuple(numbers, numbers, numbers),
        fc.tuple(positive, positive, positive),
        async (scale, mean, std) => {
          const { data } = await run(ramp(2, 2, 3), { scale, mean, std });
          const expected = Array.from({ length: 12 }, (_, i) => {
            const [c, y, x] = [Math.floor(i / 4), Math.floor((i % 4) / 2), i % 2];
            return Math.fround(((100 * c + 10 * y + x) * scale - mean[c]) / std[c]);
          });
          expect(data).toEqual(expected);
        },
      ),
    );
  });

  test('an image of one grey stays one grey when resized; the longer side is rounded half to even', async () => {
    const image: RawImage = { width: 3, height: 2, channels: 1, data: new Uint8Array(6).fill(77) };
    const { shape, data } = await run(image, { shortSide: 3 }); // 3 · 3 / 2 = 4.5 → 4
    expect(shape).toEqual([1, 3, 4]);
    expect(new Set(data)).toEqual(new Set([77]));
  });

  test('an image of the right size is not touched by shortSide', async () => {
    const image = ramp(4, 6, 3);
    expect((await run(image, { shortSide: 4, layout: 'nhwc' })).data).toEqual(Array.from(image.data));
  });

  test('a crop larger than the image is refused', async () => {
    await expect(run(ramp(4, 5, 1), { crop: 5 })).rejects.toMatchObject({
      code: 'crop-too-large',
      where: 'image',
      expected: 'at least 5 × 5 (height × width)',
      got: '4 × 5',
    });
  });

  test('resizing an extreme image beyond the pixel bound is refused', async () => {
    await expect(run(ramp(1, 200, 1), { shortSide: 16384 })).rejects.toMatchObject({
      code: 'image-too-large',
    });
  });

  test('mean and std must fit the channels', async () => {
    await expect(run(ramp(1, 1, 1), { mean: [1, 2, 3] })).rejects.toMatchObject({
      code: 'channel-count-mismatch',
      where: 'data.yaml: preprocess.mean',
      expected: 'one number, or 1',
      got: '3',
    });
    await expect(run(ramp(1, 1, 3), { std: [1, 2, 3], color: 'luma' })).rejects.toThrow('preprocess.std');
  });
});
