import { describe, expect, it } from 'vitest';
import { Rng } from '../../base/rng.ts';
import { coderOf } from '../coder-of.ts';
import type { GridMethod, GroupGrid } from '../grid-method.ts';
import { gridMethods } from '../grid-methods/index.generated.ts';
import type { LevelFormat } from '../level-format.ts';
import type { LayerProblem, Rounded, RoundingMethod } from '../rounding-method.ts';
import { weightFormat } from '../weight-format.ts';
import { Levels } from '../weights/levels.ts';
import { roundingMethods } from './index.generated.ts';

const methods: readonly RoundingMethod[] = Object.values(roundingMethods);
const formats = ['int2', 'int3', 'uint3', 'power-of-two', 'mxfp4', 'codebook:entries=4', 'ternary', 'binary'];

interface Size {
  readonly rows: number;
  readonly depth: number;
}

/** Rows of one grid each, inputs that depend on one another. */
function drawProblem(name: string, seed: number, { rows, depth }: Size): LayerProblem {
  const rng = new Rng(seed);
  const format = weightFormat(name) as LevelFormat;
  const weights = Float64Array.from({ length: rows * depth }, () => rng.normal());
  const common = Float64Array.from({ length: depth }, () => rng.normal());
  const moments = new Float64Array(depth * depth);
  for (let sample = 0; sample < 3 * depth; sample++) {
    const shared = rng.normal();
    const x = Float64Array.from(common, (c) => 0.6 * c * shared + rng.normal());
    for (let i = 0; i < depth; i++) for (let k = 0; k < depth; k++) moments[i * depth + k] += x[i] * x[k];
  }
  const levels = typeof format.levels === 'number' ? undefined : new Levels(format.levels);
  const method = (
    typeof format.levels === 'number' ? gridMethods['k-means'] : gridMethods['least-squares']
  ) as GridMethod;
  const grids = Array.from({ length: rows }, (_, row) =>
    method.fit(
      {
        weights: Float32Array.from(weights.subarray(row * depth, (row + 1) * depth)),
        importance: undefined,
        format,
        levels,
      },
      method.options.parse({}),
    ),
  );
  return {
    rows,
    depth,
    weights,
    moments,
    format,
    grids,
    groupOf: Uint32Array.from({ length: rows * depth }, (_, i) => Math.floor(i / depth)),
    ownGrids: Array.from({ length: rows }, (_, row) => row),
  };
}

/** tr (Ŵ − W)·H·(Ŵ − W)ᵀ */
function errorOf(
  { rows, depth, weights, moments }: LayerProblem,
  codes: Uint8Array,
  grids: readonly GroupGrid[],
) {
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const { value } = coderOf(grids[row]);
    const e = Float64Array.from(
      { length: depth },
      (_, i) => value(codes[row * depth + i]) - weights[row * depth + i],
    );
    for (let i = 0; i < depth; i++)
      for (let k = 0; k < depth; k++) sum += e[i] * moments[i * depth + k] * e[k];
  }
  return sum;
}

function nearest({ weights, groupOf, grids }: LayerProblem): Rounded {
  const coders = grids.map(coderOf);
  return { codes: Uint8Array.from(weights, (w, i) => coders[groupOf[i]].code(w)), grids };
}

const round = (method: RoundingMethod, problem: LayerProblem) =>
  method.round(problem, method.options.parse({}));

describe.each(methods)('$name', (method) => {
  it.each(formats)('makes layers of %s better than the nearest codes do, the same again', (name) => {
    let [own, plain] = [0, 0];
    for (let seed = 0; seed < 6; seed++) {
      const problem = drawProblem(name, seed, { rows: 4, depth: 24 });
      const { codes, grids } = round(method, problem);
      own += errorOf(problem, codes, grids);
      const start = nearest(problem);
      plain += errorOf(problem, start.codes, start.grids);
      expect(round(method, problem)).toEqual({ codes, grids });
      expect(Math.max(...codes)).toBeLessThan(grids[0].levels.count);
    }
    expect(own).toBeLessThan(0.9 * plain);
  });

  it('leaves weights that lie on their grids where they are', () => {
    const problem = drawProblem('int3', 9, { rows: 3, depth: 12 });
    const { codes, grids } = nearest(problem);
    const weights = Float64Array.from(codes, (code, i) => coderOf(grids[problem.groupOf[i]]).value(code));
    const found = round(method, { ...problem, weights });
    expect(found.codes).toEqual(codes);
    expect(found.grids).toEqual(grids);
  });
});

describe('coordinate-descent', () => {
  const method = roundingMethods['coordinate-descent'] as RoundingMethod;

  it.each(formats)('of %s is no worse than GPTQ', (name) => {
    for (let seed = 0; seed < 4; seed++) {
      const problem = drawProblem(name, seed, { rows: 3, depth: 20 });
      const [start, end] = [round(roundingMethods.gptq as RoundingMethod, problem), round(method, problem)];
      expect(errorOf(problem, end.codes, end.grids)).toBeLessThanOrEqual(
        errorOf(problem, start.codes, start.grids) * (1 + 1e-6),
      );
    }
  });

  it('comes close to the best of all codes', () => {
    let [own, best] = [0, 0];
    for (let seed = 0; seed < 8; seed++) {
      const problem = drawProblem('ternary', seed, { rows: 1, depth: 7 });
      const fixed = { ...problem, ownGrids: [] };
      const { codes, grids } = round(method, fixed);
      own += errorOf(problem, codes, grids);
      let least = Number.POSITIVE_INFINITY;
      for (let n = 0; n < 3 ** 7; n++) {
        const all = Uint8Array.from({ length: 7 }, (_, i) => Math.floor(n / 3 ** i) % 3);
        least = Math.min(least, errorOf(problem, all, grids));
      }
      best += least;
      expect(errorOf(problem, codes, grids)).toBeGreaterThanOrEqual(least * (1 - 1e-9));
    }
    expect(own).toBeLessThan(1.25 * best);
  });
});
