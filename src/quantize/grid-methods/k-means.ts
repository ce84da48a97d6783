import { z } from 'zod';
import { Rng } from '../../base/rng.ts';
import type { GridMethod, Group } from '../grid-method.ts';
import type { LevelFormat } from '../level-format.ts';
import { Levels } from '../weights/levels.ts';

const options = z.strictObject({
  start: z
    .enum(['plus-plus', 'density', 'linear'])
    .default('plus-plus')
    .describe('first numbers: drawn far from one another, as dense as the weights, or evenly spaced'),
  iterations: z.int().min(1).max(10_000).default(200).describe('most turns of codes and numbers'),
});
const SEED = 1;

/**
 * The numbers that weights share are the means of those that share them, found in turn with who shares which (Lloyd 1982; Han et al.
 * 2016, "Deep Compression", §3), importance weighing. Weights are sorted, so that a turn costs a search a number.
 */
export const kMeans: GridMethod<z.output<typeof options>> = {
  name: 'k-means',
  summary: 'the numbers of a codebook as means of the weights that share them',
  options,
  refuses: ({ scales }) => (scales === 'none' ? undefined : 'its levels are fixed'),
  fit(group, { start, iterations }) {
    const sorted = sortedSums(group);
    const count = countOf(group.format);
    let centers = starts[start](sorted, count);
    for (let i = 0; i < iterations; i++) {
      const next = meansOf(sorted, centers);
      const hasMoved = next.some((x, k) => x !== centers[k]);
      centers = next;
      if (!hasMoved) break;
    }
    return { levels: new Levels(centers), scale: 1, zeroPoint: undefined };
  },
};

function countOf({ levels }: LevelFormat): number {
  return typeof levels === 'number' ? levels : levels.length;
}

/** Weights in order, with sums up to each: of importance, and of importance · weight. */
interface SortedSums {
  readonly values: Float32Array;
  readonly masses: Float64Array;
  readonly moments: Float64Array;
}

function sortedSums({ weights, importance }: Group): SortedSums {
  const order = Uint32Array.from(weights.keys()).sort((a, b) => weights[a] - weights[b]);
  const masses = new Float64Array(weights.length + 1);
  const moments = new Float64Array(weights.length + 1);
  // None is worth nothing, or numbers could be shared by nobody.
  const least = importance ? 1e-9 * importance.reduce((sum, h) => sum + h / importance.length, 0) || 1 : 0;
  for (const [i, index] of order.entries()) {
    const mass = importance ? importance[index] + least : 1;
    masses[i + 1] = masses[i] + mass;
    moments[i + 1] = moments[i] + mass * weights[index];
  }
  return { values: weights.map((_, i) => weights[order[i]]), masses, moments };
}

/** The mean of the weights nearest to each; a number that none is near stays. */
function meansOf({ values, masses, moments }: SortedSums, centers: Float32Array): Float32Array {
  let from = 0;
  return centers.map((center, k) => {
    const limit = k + 1 < centers.length ? (center + centers[k + 1]) / 2 : Number.POSITIVE_INFINITY;
    const to = firstAbove(values, limit, from);
    const mean = to > from ? (moments[to] - moments[from]) / (masses[to] - masses[from]) : center;
    from = to;
    return mean;
  });
}

/** Index of the first value above the limit. */
function firstAbove(values: Float32Array, limit: number, from: number): number {
  let [low, high] = [from, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

type Start = (sorted: SortedSums, count: number) => Float32Array;

const starts: Readonly<Record<z.output<typeof options>['start'], Start>> = {
  linear({ values }, count) {
    const [low, high] = [values[0], values[values.length - 1]];
    return Float32Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
  },
  /** Quantiles. */
  density({ values, masses }, count) {
    const total = masses[values.length];
    return Float32Array.from({ length: count }, (_, k) =>
      valueAt(values, masses, ((k + 0.5) / count) * total),
    );
  },
  /** Each drawn with the squared distance to its nearest as probability (Arthur & Vassilvitskii 2007). */
  'plus-plus'({ values, masses }, count) {
    const rng = new Rng(SEED);
    const distances = new Float64Array(values.length).fill(Number.POSITIVE_INFINITY);
    const centers = [values[rng.below(values.length)]];
    while (centers.length < count) {
      const last = centers[centers.length - 1];
      let total = 0;
      for (let i = 0; i < values.length; i++) {
        distances[i] = Math.min(distances[i], (values[i] - last) ** 2);
        total += distances[i] * (masses[i + 1] - masses[i]);
      }
      let left = rng.uniform() * total;
      let chosen = 0;
      while (chosen < values.length - 1 && left >= distances[chosen] * (masses[chosen + 1] - masses[chosen]))
        left -= distances[chosen] * (masses[chosen + 1] - masses[chosen++]);
      centers.push(values[chosen]);
    }
    return Float32Array.from(centers).sort();
  },
};

function valueAt(values: Float32Array, masses: Float64Array, mass: number): number {
  const at = masses.findIndex((sum) => sum > mass) - 1;
  return values[Math.min(Math.max(at, 0), values.length - 1)];
}
