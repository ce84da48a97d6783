import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { int8 } from './formats/int8.ts';
import { uint8 } from './formats/uint8.ts';
import { codeOf, gridOfRange, impliesClamp } from './grid.ts';

const plain = { symmetric: false, reduceRange: false };
const symmetric = { symmetric: true, reduceRange: false };

describe('gridOfRange', () => {
  it.each([
    // min, max, format, options, scale, zero point: worked by hand from §1.2.
    ['one-sided above', { min: 0, max: 6 }, uint8, plain, 6 / 255, 0],
    ['one-sided above, int8', { min: 0, max: 6 }, int8, plain, 6 / 255, -128],
    ['one-sided below', { min: -6, max: 0 }, uint8, plain, 6 / 255, 255],
    ['a range that misses 0 is widened to it', { min: 2, max: 4 }, uint8, plain, 4 / 255, 0],
    ['and so is a negative one', { min: -4, max: -2 }, int8, plain, 4 / 255, 127],
    ['two-sided', { min: -1, max: 3 }, uint8, plain, 4 / 255, 64],
    ['symmetric int8 has a zero point of 0', { min: -1, max: 3 }, int8, symmetric, 6 / 254, 0],
    ['symmetric uint8 one of 128', { min: -1, max: 3 }, uint8, symmetric, 6 / 255, 128],
    ['reduced', { min: 0, max: 1 }, uint8, { symmetric: false, reduceRange: true }, 1 / 127, 0],
    ['reduced and symmetric', { min: -2, max: 1 }, int8, { symmetric: true, reduceRange: true }, 4 / 128, 0],
  ] as const)('%s', (_, range, format, options, scale, zeroPoint) => {
    expect(gridOfRange(range, format, options)).toMatchObject({ scale: Math.fround(scale), zeroPoint });
  });

  it.each([
    ['of no width', { min: 0, max: 0 }],
    ['narrower than the smallest normal step', { min: -1e-44, max: 1e-40 }],
  ])('gives a range %s a step of 1, on which it is 0', (_, range) => {
    for (const format of [uint8, int8]) {
      for (const options of [plain, symmetric]) {
        const grid = gridOfRange(range, format, options);
        expect(grid.scale).toBe(1);
        expect(codeOf(range.max, grid)).toBe(grid.zeroPoint);
        expect(codeOf(range.min, grid)).toBe(grid.zeroPoint);
      }
    }
  });

  it('holds the widest range of float32', () => {
    const most = 3.4028234663852886e38;
    const grid = gridOfRange({ min: -most, max: most }, uint8, plain);
    expect(grid.scale).toBe(Math.fround((2 * most) / 255));
    expect([grid.zeroPoint, codeOf(most, grid), codeOf(-most, grid)]).toEqual([128, 255, 0]);
  });

  it('has an exact code for 0, and scales with the range', () => {
    const end = fc.float({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 60), max: 2 ** 60 });
    fc.assert(
      fc.property(end, end, fc.constantFrom(int8, uint8), fc.boolean(), (a, b, format, isSymmetric) => {
        const range = { min: Math.min(a, b), max: Math.max(a, b) };
        const grid = gridOfRange(range, format, { symmetric: isSymmetric, reduceRange: false });
        expect(codeOf(0, grid)).toBe(grid.zeroPoint);
        expect(Number.isInteger(grid.zeroPoint)).toBe(true);
        const twice = gridOfRange({ min: 2 * range.min, max: 2 * range.max }, format, {
          symmetric: isSymmetric,
          reduceRange: false,
        });
        if (grid.scale !== 1 && twice.scale !== 1)
          expect(twice).toMatchObject({ scale: 2 * grid.scale, zeroPoint: grid.zeroPoint });
      }),
    );
  });
});

describe('impliesClamp', () => {
  const relu6 = gridOfRange({ min: 0, max: 6 }, uint8, plain);
  const inf = Number.POSITIVE_INFINITY;

  it.each([
    ['Relu on a range from 0', relu6, 0, inf, true],
    ['Clip at the ends of the range', relu6, 0, 6, true],
    ['Clip beyond the range', relu6, -1, 7, true],
    ['Clip within the range', relu6, 0, 5.9, false],
    ['Clip by less than half a step within', relu6, 0, 6 - 0.4 * relu6.scale, true],
    ['a lower bound above 0', relu6, 0.5, 6, false],
    ['bounds the wrong way round', relu6, 6, 0, false],
    ['bounds that are no numbers', relu6, Number.NaN, 6, false],
    ['no bounds', relu6, -inf, inf, true],
    ['Relu on a range that goes below 0', gridOfRange({ min: -1, max: 1 }, uint8, plain), 0, inf, false],
    ['Relu on a symmetric int8 grid', gridOfRange({ min: 0, max: 1 }, int8, symmetric), 0, inf, false],
    ['Relu of a dead layer', gridOfRange({ min: 0, max: 0 }, uint8, plain), 0, inf, true],
    ['Relu6 of a dead layer', gridOfRange({ min: 0, max: 0 }, uint8, plain), 0, 6, false],
  ])('%s', (_, grid, min, max, expected) => {
    expect(impliesClamp(grid, min, max)).toBe(expected);
  });

  it('is true only where saturation does the same to every value', () => {
    const number = fc.float({ noNaN: true, noDefaultInfinity: true, min: -50, max: 50 });
    fc.assert(
      fc.property(number, number, number, number, number, fc.boolean(), (a, b, min, max, x, isSigned) => {
        const range = { min: Math.min(a, b), max: Math.max(a, b) };
        const grid = gridOfRange(range, isSigned ? int8 : uint8, plain);
        if (impliesClamp(grid, min, max))
          expect(codeOf(Math.min(Math.max(x, min), max), grid)).toBe(codeOf(x, grid));
      }),
    );
  });
});
