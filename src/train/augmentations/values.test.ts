import { describe, expect, test } from 'vitest';
import { Rng } from '../../base/rng.ts';
import { elementCount } from '../../tensor/element-count.ts';
import { augment } from '../augment.ts';
import type { Augmentation } from '../augmentation.ts';
import { augmentations } from './index.generated.ts';

/** Numbers 1, 2, 3 … in `count` samples, augmented; what is outside is 0. */
function counted(augmentation: Augmentation, given: object, shape: readonly number[], count = 1, seed = 1) {
  const size = elementCount(shape);
  const data = Float32Array.from({ length: size * count }, (_, i) => i + 1);
  const targets = Float32Array.from({ length: 2 * count }, (_, i) => i % 2);
  const chosen = { augmentation, options: augmentation.options.parse(given) };
  augment({ data, shape, count, blank: new Float32Array(size), targets }, [chosen], new Rng(seed));
  const row = (i: number) => Array.from(data.slice(i * size, (i + 1) * size));
  return { data, targets, row, rows: Array.from({ length: count }, (_, i) => row(i)) };
}

const square = [5, 5];
const before = Array.from({ length: 25 }, (_, i) => i + 1);

describe('flip', () => {
  const { flip } = augmentations;

  test('swaps left and right of each row', () =>
    expect(counted(flip, { p: 1 }, square).row(0).slice(0, 10)).toEqual([5, 4, 3, 2, 1, 10, 9, 8, 7, 6]));

  test('keeps channels of a pixel together', () => {
    const [pixels] = counted(flip, { p: 1 }, [5, 5, 2]).rows;
    expect(pixels.slice(0, 10)).toEqual([9, 10, 7, 8, 5, 6, 3, 4, 1, 2]);
  });

  test('leaves all at p 0, and about half at p 0.5', () => {
    expect(counted(flip, { p: 0 }, square).row(0)).toEqual(before);
    const { rows } = counted(flip, {}, square, 1000);
    const kept = rows.filter((row) => row[0] < row[4]).length;
    expect(kept).toBeGreaterThan(440);
    expect(kept).toBeLessThan(560);
  });
});

/** What a sample of numbers 1 … n looks like, moved by (down, right). */
function moved(down: number, right: number, height: number, width: number): number[] {
  return Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width) - down, (i % width) - right];
    return y < 0 || x < 0 || y >= height || x >= width ? 0 : y * width + x + 1;
  });
}

describe('crop', () => {
  const { crop } = augmentations;

  test('gives each of the moved images about as often, and no other', () => {
    const seen = new Map<string, number>();
    for (let seed = 0; seed < 900; seed++) {
      const key = String(counted(crop, { pad: 1 }, square, 1, seed).row(0));
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    const wanted = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right) => String(moved(down, right, 5, 5))));
    expect([...seen.keys()].sort()).toEqual(wanted.sort());
    expect(Math.min(...seen.values())).toBeGreaterThan(60);
  });

  test.each([
    [[6, 40], 2],
    [[40, 32], 4],
  ])('[%s] gets a border of %i', (shape, pad) => {
    const { rows } = counted(crop, {}, shape, 300);
    const empty = rows.map((row) => {
      const top = row.findIndex((x) => x !== 0);
      return Math.floor(top / shape[1]);
    });
    expect(Math.max(...empty)).toBe(pad);
  });

  test('a border as wide as the image leaves it empty at most', () =>
    expect(Math.max(...counted(crop, { pad: 99 }, square, 50).data)).toBeLessThanOrEqual(50 * 25));
});

describe('shift', () => {
  const { shift } = augmentations;

  test('moves in time and lets silence in', () => {
    const seen = new Set(
      Array.from({ length: 100 }, (_, seed) => String(counted(shift, { by: 0.25 }, [4], 1, seed).row(0))),
    );
    expect([...seen].sort()).toEqual(['0,1,2,3', '1,2,3,4', '2,3,4,0']);
  });

  test('moves along the longest axis, or the one given', () => {
    const rowsOf = (given: object) =>
      new Set(Array.from({ length: 60 }, (_, seed) => String(counted(shift, given, [3, 2], 1, seed).row(0))));
    expect([...rowsOf({ by: 0.4 })].sort()).toEqual(['0,0,1,2,3,4', '1,2,3,4,5,6', '3,4,5,6,0,0']);
    expect([...rowsOf({ by: 0.5, axis: -1 })].sort()).toEqual(['0,1,0,3,0,5', '1,2,3,4,5,6', '2,0,4,0,6,0']);
    expect(rowsOf({ by: 0.5, axis: 1 })).toEqual(rowsOf({ by: 0.5, axis: -1 }));
  });

  test.each([2, -3])('refuses axis %i of two', (axis) =>
    expect(() => counted(shift, { axis }, [3, 2])).toThrow(expect.objectContaining({ code: 'no-such-axis' })),
  );
});

describe('cutout', () => {
  const { cutout } = augmentations;

  test('empties one square, cut at the borders', () => {
    const { rows } = counted(cutout, { size: 3 }, square, 200);
    const counts = rows.map((row) => row.filter((x) => x === 0).length);
    expect([...new Set(counts)].sort((a, b) => a - b)).toEqual([4, 6, 9]);
    const [first] = rows;
    const empty = first.flatMap((x, i) => (x === 0 ? [[Math.floor(i / 5), i % 5]] : []));
    const span = (axis: number) => {
      const places = empty.map((place) => place[axis]);
      return Math.max(...places) - Math.min(...places) + 1;
    };
    expect(empty).toHaveLength(span(0) * span(1));
  });

  test('takes a quarter of the side', () => {
    const { rows } = counted(cutout, {}, [16, 20], 100);
    expect(Math.max(...rows.map((row) => row.filter((x) => x === 0).length))).toBe(16);
  });
});

describe('affine', () => {
  const { affine } = augmentations;
  const still = { rotate: 0, scale: 0 };

  test('without motion leaves every bit', () =>
    expect(counted(affine, still, square).row(0)).toEqual(before));

  test('moves by parts of a pixel: between neighbours it is their mean', () => {
    // A slope of 5 a row and 1 a column: inside, values move by 5·dy + dx.
    const { rows } = counted(affine, { ...still, translate: 0.1 }, square, 20);
    for (const [i, row] of rows.entries()) {
      const offsets = [6, 7, 8, 11, 12, 13, 16, 17, 18].map((place) => row[place] - (i * 25 + place + 1));
      expect(Math.max(...offsets) - Math.min(...offsets)).toBeLessThan(1e-3);
      expect(Math.abs(offsets[0])).toBeLessThanOrEqual(3);
    }
    expect(new Set(rows.map((row, i) => (row[12] - i * 25).toFixed(3))).size).toBe(20);
  });

  test('turns about the middle, which stays', () => {
    const { rows } = counted(affine, { rotate: 90, scale: 0 }, square, 50);
    for (const [i, row] of rows.entries()) expect(row[12]).toBeCloseTo(i * 25 + 13, 3);
    // Differences across the middle turn: their length stays.
    for (const row of rows) {
      const [right, down] = [row[13] - row[11], row[17] - row[7]];
      expect(Math.hypot(right, down)).toBeCloseTo(Math.hypot(2, 10), 3);
    }
  });

  test('grows and shrinks by the part given', () => {
    const { rows } = counted(affine, { rotate: 0, scale: 0.5 }, square, 200);
    const sizes = rows.map((row) => 2 / (row[13] - row[11]));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(0.5 - 1e-3);
    expect(Math.min(...sizes)).toBeLessThan(0.55);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1.5 + 1e-2);
    expect(Math.max(...sizes)).toBeGreaterThan(1.45);
  });

  test('slants rows against each other', () => {
    const { rows } = counted(affine, { ...still, shear: 30 }, square, 50);
    // Columns keep their distance; going down a row goes across by the slant's tangent.
    const slants = rows.map((row) => (row[17] - row[7]) / 2 - 5);
    for (const row of rows) expect(row[13] - row[11]).toBeCloseTo(2, 3);
    expect(Math.max(...slants.map(Math.abs))).toBeLessThanOrEqual(Math.tan(Math.PI / 6) + 1e-3);
    expect(Math.max(...slants.map(Math.abs))).toBeGreaterThan(0.5);
  });
});

describe('elastic', () => {
  const { elastic } = augmentations;

  test('without strength leaves every bit', () =>
    expect(counted(elastic, { alpha: 0 }, square).row(0)).toEqual(before));

  test('moves pixels by as much as the smoothed field says', () => {
    // Values are columns, so that a change is a move; far from the borders.
    const side = 64;
    const { rows } = counted(elastic, {}, [side, side], 6);
    const middle = rows.flatMap((row, i) =>
      row.flatMap((x, at) => {
        const [y, place] = [Math.floor(at / side), at % side];
        const isInside = y > 16 && y < 48 && place > 16 && place < 48;
        return isInside ? [(x - (i * side * side + at + 1)) / side] : [];
      }),
    );
    // Uniform ±34 smoothed by a Gaussian of 4: deviation 34/√3 / (2·4·√π) = 1.385; rows weigh 64 times columns.
    const deviation = Math.sqrt(middle.reduce((sum, x) => sum + x * x, 0) / middle.length);
    expect(deviation).toBeGreaterThan(1.1);
    expect(deviation).toBeLessThan(1.7);
  });
});

describe('noise', () => {
  const { noise } = augmentations;

  test('has the deviation asked for and no mean', () => {
    const length = 20001;
    const { data } = counted(noise, { level: 0.5 }, [length]);
    const added = Array.from(data, (x, i) => x - (i + 1));
    const mean = added.reduce((sum, x) => sum + x, 0) / length;
    const deviation = Math.sqrt(added.reduce((sum, x) => sum + (x - mean) ** 2, 0) / length);
    const own = Math.sqrt((length ** 2 - 1) / 12);
    expect(Math.abs(mean / own)).toBeLessThan(0.02);
    expect(deviation / own).toBeCloseTo(0.5, 1);
    expect(Math.abs(added[length - 1])).toBeGreaterThan(0);
  });

  test('leaves a sample without variation', () => {
    const data = new Float32Array(8).fill(3);
    const chosen = { augmentation: noise as Augmentation, options: { level: 1 } };
    augment({ data, shape: [8], count: 1, blank: new Float32Array(8) }, [chosen], new Rng(1));
    expect(Array.from(data)).toEqual(new Array(8).fill(3));
  });
});

describe('mixup', () => {
  const { mixup } = augmentations;

  test('shares of samples and of targets agree, partners are a permutation', () => {
    const count = 8;
    const data = Float32Array.from({ length: count * count }, (_, i) => (i % (count + 1) === 0 ? 1 : 0));
    const targets = data.slice();
    const chosen = { augmentation: mixup as Augmentation, options: { alpha: 1 } };
    augment({ data, shape: [count], count, blank: new Float32Array(count), targets }, [chosen], new Rng(3));
    expect(Array.from(targets)).toEqual(Array.from(data));
    const partners = Array.from({ length: count }, (_, i) => {
      const row = data.slice(i * count, (i + 1) * count);
      const other = row.findIndex((x, k) => k !== i && x > 0);
      expect(row[i] + (other < 0 ? 0 : row[other])).toBeCloseTo(1, 6);
      return other < 0 ? i : other;
    });
    expect([...partners].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(partners).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('works without targets, and leaves a batch of one', () => {
    const data = Float32Array.of(1, 2, 3, 4);
    const chosen = { augmentation: mixup as Augmentation, options: { alpha: 1 } };
    augment({ data, shape: [2], count: 2, blank: new Float32Array(2) }, [chosen], new Rng(3));
    expect(data.every(Number.isFinite)).toBe(true);
    expect(counted(mixup, {}, [4], 1).row(0)).toEqual([1, 2, 3, 4]);
  });
});
