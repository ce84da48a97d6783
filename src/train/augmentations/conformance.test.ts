import { describe, expect, test } from 'vitest';
import { Rng } from '../../base/rng.ts';
import { elementCount } from '../../tensor/element-count.ts';
import { augment } from '../augment.ts';
import type { Augmentation, AugmentationBatch, ChosenAugmentation } from '../augmentation.ts';
import { augmentations } from './index.generated.ts';

const names = Object.keys(augmentations);
const images = [
  [3, 32, 24],
  [24, 32, 3],
  [32, 24],
];
const signals = [[400], [2, 400], [49, 10], [1, 49, 10]];

function batchOf(shape: readonly number[], count: number, blank = -3): AugmentationBatch {
  const size = elementCount(shape);
  const rng = new Rng(5);
  return {
    data: Float32Array.from({ length: size * count }, () => 2 * rng.uniform() - 1),
    shape,
    count,
    blank: new Float32Array(size).fill(blank),
    targets: Float32Array.from({ length: 4 * count }, (_, i) => (i % 4 === (i >> 2) % 4 ? 1 : 0)),
  };
}

/** Rows `from` to `to` as a batch of their own. */
function part(
  { data, shape, blank, targets }: AugmentationBatch,
  from: number,
  to: number,
): AugmentationBatch {
  const size = blank.length;
  return {
    data: data.slice(from * size, to * size),
    shape,
    count: to - from,
    blank,
    targets: targets?.slice(from * 4, to * 4),
  };
}

function isEqual(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}

function chosen(augmentation: Augmentation): ChosenAugmentation {
  return { augmentation, options: augmentation.options.parse({}) };
}

function run(augmentation: Augmentation, batch: AugmentationBatch, seed: number): AugmentationBatch {
  const copy = part(batch, 0, batch.count);
  augment(copy, [chosen(augmentation)], new Rng(seed));
  return copy;
}

describe.each(Object.entries<Augmentation>(augmentations))('%s', (name, augmentation) => {
  const shapes = augmentation.takes === 'images' ? images : [...images, ...signals];

  test('is called as its file', () => expect(augmentation.name).toBe(name));

  test.each(shapes.map((shape) => [shape]))('[%s]: is made by its seed, and changes something', (shape) => {
    const batch = batchOf(shape, 6);
    const once = run(augmentation, batch, 1);
    expect(isEqual(once.data, run(augmentation, batch, 1).data)).toBe(true);
    expect(isEqual(once.data, batch.data)).toBe(false);
    expect(isEqual(once.data, run(augmentation, batch, 2).data)).toBe(false);
    expect(once.data.every(Number.isFinite)).toBe(true);
  });

  test.each(shapes.map((shape) => [shape]))('[%s]: keeps its rows', (shape) => {
    // One row more than is counted, as of a last batch that is not full.
    const batch = { ...batchOf(shape, 6), count: 5 };
    const data = batch.data.slice();
    const size = batch.blank.length;
    augment(batch, [chosen(augmentation)], new Rng(1));
    expect(batch.data).toHaveLength(6 * size);
    expect(isEqual(batch.data.slice(5 * size), data.slice(5 * size))).toBe(true);
    if (augmentation.name !== 'noise') {
      expect(Math.max(...batch.data)).toBeLessThanOrEqual(1);
      expect(Math.min(...batch.data)).toBeGreaterThanOrEqual(-3);
    }
  });

  test.runIf(augmentation.mixes)('mixes targets into shares that sum to 1', () => {
    const { targets } = run(augmentation, batchOf(shapes[0], 6), 1);
    for (let i = 0; i < 6; i++)
      expect(targets!.slice(4 * i, 4 * i + 4).reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 6);
  });

  test.skipIf(augmentation.mixes)(
    'does the same to samples cut into other batches, and leaves targets',
    () => {
      const batch = batchOf(shapes[0], 6);
      const rng = new Rng(1);
      const cut = [0, 2, 3].map((from, i, starts) => part(batch, from, starts[i + 1] ?? 6));
      for (const piece of cut) augment(piece, [chosen(augmentation)], rng);
      const whole = run(augmentation, batch, 1);
      expect(isEqual(Float32Array.from(cut.flatMap(({ data }) => [...data])), whole.data)).toBe(true);
      expect(isEqual(whole.targets!, batch.targets!)).toBe(true);
    },
  );

  test.runIf(augmentation.takes === 'images')('does the same to both layouts of channels', () => {
    const [chw, hwc] = [batchOf([3, 8, 6], 4), batchOf([8, 6, 3], 4)];
    const interleaved = (planes: Float32Array) =>
      planes.map((_, i) => {
        const [sample, place, channel] = [Math.floor(i / 144), Math.floor((i % 144) / 3), i % 3];
        return planes[sample * 144 + channel * 48 + place];
      });
    hwc.data.set(interleaved(chw.data));
    expect(isEqual(run(augmentation, hwc, 1).data, interleaved(run(augmentation, chw, 1).data))).toBe(true);
  });

  test
    .runIf(augmentation.takes === 'images')
    .each([[[400]], [[2, 400]], [[49, 4]], [[5, 5, 5]], [[1, 3, 8, 8]], [[3, 4, 8]]])(
    'refuses [%s] by name',
    (shape) =>
      expect(() => run(augmentation, batchOf(shape, 2), 1)).toThrow(
        expect.objectContaining({ code: 'no-image', message: expect.stringContaining(`"${name}"`) }),
      ),
  );

  test('refuses options it does not know', () =>
    expect(augmentation.options.safeParse({ nonsense: 1 }).success).toBe(false));
});

test('several act one after the other', () => {
  const batch = batchOf([3, 8, 6], 4);
  const all = names.map((name) => chosen((augmentations as Record<string, Augmentation>)[name]));
  const copy = part(batch, 0, 4);
  augment(copy, all, new Rng(1));
  expect(copy.data.every(Number.isFinite)).toBe(true);
  expect(isEqual(copy.data, run(augmentations.noise, batch, 1).data)).toBe(false);
});
