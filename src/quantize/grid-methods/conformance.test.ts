import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PareError } from '../../base/pare-error.ts';
import { f32 } from '../../testing/tensors.ts';
import { chosenMethods } from '../chosen-methods.ts';
import type { GridMethod, Group } from '../grid-method.ts';
import type { LevelFormat } from '../level-format.ts';
import { levelFormats } from '../level-formats/index.generated.ts';
import { squaredError } from '../squared-error.ts';
import { weightFormat } from '../weight-format.ts';
import { Levels } from '../weights/levels.ts';
import { isLevelFormat } from '../weights/storage-options.ts';
import { gridMethods } from './index.generated.ts';

const methods: readonly GridMethod[] = Object.values(gridMethods);
const formats = Object.keys(levelFormats).map((name) => {
  const format = weightFormat(name);
  if (!isLevelFormat(format)) throw new Error(`${name} has no levels`);
  return format;
});

function groupOf(format: LevelFormat, weights: Float32Array, importance?: Float32Array): Group {
  const levels = typeof format.levels === 'number' ? undefined : new Levels(format.levels);
  return { weights, importance, format, levels };
}

const fitted = (method: GridMethod, group: Group) => method.fit(group, method.options.parse({}));

const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
const weightsOf = fc.array(finite, { minLength: 1, maxLength: 60 }).map((all) => Float32Array.from(all));

describe.each(methods)('$name', (method) => {
  describe.each(formats)('$name', (format) => {
    const reason = method.refuses(format);
    if (reason !== undefined) {
      it('is refused with the reason', () => {
        expect(() => chosenMethods(format, method.name)).toThrow(PareError);
        expect(() => chosenMethods(format, method.name)).toThrow(reason);
      });
      return;
    }

    it('gives any weights a finite grid, the same again', () => {
      fc.assert(
        fc.property(weightsOf, (weights) => {
          const group = groupOf(format, weights);
          const grid = fitted(method, group);
          expect(Number.isFinite(grid.scale) && grid.scale !== 0).toBe(true);
          expect(Math.fround(grid.scale)).toBe(grid.scale);
          expect(Number.isFinite(squaredError(group, grid))).toBe(true);
          expect(fitted(method, group)).toEqual(grid);
        }),
        { numRuns: 25 },
      );
    });

    it('serves weights that are all 0, and one alone', () => {
      for (const weights of [new Float32Array(9), Float32Array.of(0.3)]) {
        const group = groupOf(format, weights);
        expect(Number.isFinite(squaredError(group, fitted(method, group)))).toBe(true);
      }
    });

    it('scales with the weights', () => {
      const weights = f32([200], format.name).data;
      const [own, large] = [1, 1024].map((factor) => {
        const group = groupOf(
          format,
          weights.map((w) => w * factor),
        );
        return squaredError(group, fitted(method, group)) / factor ** 2;
      });
      expect(large / own).toBeCloseTo(1, 5);
    });
  });
});

describe.each(formats.filter(({ scales }) => scales !== 'none'))('of $name', (format) => {
  it('least-squares is no worse than mse, which is no worse than nearest; importance counts', () => {
    for (const seed of ['a', 'b', 'c']) {
      const weights = f32([300], seed).data;
      const importance = f32([300], `${seed} importance`).data.map((x) => x * x);
      for (const group of [groupOf(format, weights), groupOf(format, weights, importance)]) {
        const [nearest, mse, least] = [
          gridMethods.nearest,
          gridMethods.mse,
          gridMethods['least-squares'],
        ].map((method) => squaredError(group, fitted(method as GridMethod, group)));
        expect(mse).toBeLessThanOrEqual(nearest);
        expect(least).toBeLessThanOrEqual(mse);
      }
      const weighted = fitted(gridMethods.mse as GridMethod, groupOf(format, weights, importance));
      const plain = fitted(gridMethods.mse as GridMethod, groupOf(format, weights));
      const judge = groupOf(format, weights, importance);
      expect(squaredError(judge, weighted)).toBeLessThanOrEqual(squaredError(judge, plain));
    }
  });
});

describe('k-means', () => {
  const format = weightFormat('codebook:entries=8') as LevelFormat;
  const kMeans = gridMethods['k-means'] as GridMethod;

  it('keeps every number where there are no more than entries', () => {
    const weights = Float32Array.of(1, 5, -2, 5, 1, 0.25);
    for (const start of ['plus-plus', 'density', 'linear']) {
      const grid = kMeans.fit(groupOf(format, weights), { start, iterations: 100 });
      if (start === 'plus-plus') expect(squaredError(groupOf(format, weights), grid)).toBe(0);
      expect(squaredError(groupOf(format, weights), grid)).toBeLessThan(2);
    }
  });

  it('each number is the mean of those that share it', () => {
    const weights = f32([500], 'means').data;
    const { levels } = kMeans.fit(groupOf(format, weights), { start: 'density', iterations: 1000 });
    const sums = new Float64Array(8);
    const counts = new Float64Array(8);
    for (const w of weights) {
      sums[levels.nearest(w)] += w;
      counts[levels.nearest(w)]++;
    }
    for (const [i, level] of levels.values.entries()) expect(level).toBeCloseTo(sums[i] / counts[i], 5);
  });

  it('is better by far than even steps of the same count', () => {
    const weights = f32([2000], 'heavy').data.map((x) => x ** 3);
    const uniform = weightFormat('int3') as LevelFormat;
    const grid = fitted(gridMethods['least-squares'] as GridMethod, groupOf(uniform, weights));
    const book = fitted(kMeans, groupOf(format, weights));
    expect(squaredError(groupOf(format, weights), book)).toBeLessThan(
      0.6 * squaredError(groupOf(uniform, weights), grid),
    );
  });
});
