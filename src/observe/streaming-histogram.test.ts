import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rng } from '../base/rng.ts';
import { StreamingHistogram } from './streaming-histogram.ts';

const BINS_PER_SIDE = 4096;

const anyFloat = fc.float({ noNaN: true, noDefaultInfinity: true });
/** Values of one order of magnitude, so that bins are shared. */
const closeFloat = fc.float({ min: -4, max: 4, noNaN: true });
const values = fc.array(fc.oneof(anyFloat, closeFloat), { minLength: 1, maxLength: 60 });

function histogramOf(...samples: ArrayLike<number>[]): StreamingHistogram {
  const histogram = new StreamingHistogram();
  for (const sample of samples) histogram.observe(Float32Array.from(sample));
  return histogram;
}

/** All a histogram tells; of its many bins only those that hold something. */
function stateOf(histogram: StreamingHistogram) {
  const { count, binWidth, zeroCount, extremes } = histogram;
  const { edges, counts } = histogram.cells();
  const cells: [number, number, number][] = [];
  for (const [i, held] of counts.entries()) if (held > 0) cells.push([edges[i], edges[i + 1], held]);
  return { count, binWidth, zeroCount, extremes, cells, cellCount: counts.length };
}

/** Definition, worked out from the whole multiset at once: width, and count by signed bin. */
function canonical(sample: readonly number[]): { binWidth: number; bins: Map<number, number> } {
  const largest = Math.max(...sample.map(Math.abs));
  let binWidth = 2 ** -161;
  while (Math.ceil(largest / binWidth) > BINS_PER_SIDE) binWidth *= 2;
  const bins = new Map<number, number>();
  for (const x of sample) {
    const bin = (x < 0 ? -1 : 1) * Math.ceil(Math.abs(x) / binWidth) || 0;
    bins.set(bin, (bins.get(bin) ?? 0) + 1);
  }
  return { binWidth, bins };
}

describe('StreamingHistogram', () => {
  it('is a function of the multiset: order, splits and merging make no difference', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.nat(), (sample, seed, cut) => {
        const whole = stateOf(histogramOf(sample));
        const shuffled = new Rng(seed).shuffle([...sample]);
        const at = cut % (sample.length + 1);
        const [head, tail] = [shuffled.slice(0, at), shuffled.slice(at)];
        expect(stateOf(histogramOf(...shuffled.map((x) => [x])))).toEqual(whole);
        expect(stateOf(histogramOf(head, tail))).toEqual(whole);
        expect(stateOf(StreamingHistogram.merge(histogramOf(head), histogramOf(tail)))).toEqual(whole);
        expect(stateOf(StreamingHistogram.merge(histogramOf(tail), histogramOf(head)))).toEqual(whole);
      }),
      { seed: 1 },
    );
  });

  it('has the smallest width that fits and the counts of the definition', () => {
    fc.assert(
      fc.property(values, (sample) => {
        const { binWidth, bins } = canonical(sample);
        const histogram = histogramOf(...sample.map((x) => [x]));
        expect(histogram.binWidth).toBe(binWidth);
        expect(histogram.zeroCount).toBe(bins.get(0) ?? 0);
        const magnitudes = histogram.magnitudes();
        const expected = Array.from(magnitudes, (_, j) => (bins.get(j + 1) ?? 0) + (bins.get(-j - 1) ?? 0));
        expect([...magnitudes].join()).toBe(expected.join());
        const { edges, counts } = histogram.cells();
        const cellsByBin = new Map<number, number>();
        for (const [i, count] of counts.entries()) {
          const bin = edges[i + 1] > 0 ? Math.ceil(edges[i + 1] / binWidth) : Math.floor(edges[i] / binWidth);
          if (count > 0) cellsByBin.set(bin, count);
        }
        bins.delete(0);
        expect(cellsByBin).toEqual(bins);
      }),
      { seed: 2 },
    );
  });

  it('places values on bin edges on the side nearer to zero', () => {
    // 4096 is the largest magnitude that fits width 1.
    const { edges, counts } = histogramOf([4096, 1, -1, 0.5, 2, -0, 0]).cells();
    expect([...edges.slice(0, 4)]).toEqual([-1, 0, 1, 2]);
    expect([...counts.slice(0, 4)]).toEqual([1, 2, 1, 0]);
    expect(histogramOf([4096]).binWidth).toBe(1);
    expect(histogramOf([4096.5]).binWidth).toBe(2);
  });

  it('spans all of float32, from the smallest subnormal to the largest number', () => {
    const smallest = 2 ** -149;
    const largest = (2 - 2 ** -23) * 2 ** 127;
    const histogram = histogramOf([smallest], [largest, -largest]);
    expect(histogram.binWidth).toBe(2 ** 116);
    expect(histogram.extremes).toEqual({ min: -largest, max: largest });
    expect(histogram.magnitudes()[0]).toBe(1);
    expect(histogram.magnitudes()[BINS_PER_SIDE - 1]).toBe(2);
  });

  it('reads a view that starts inside its buffer', () => {
    const view = new Float32Array([-9, -1, 1, 2]).subarray(1);
    expect(stateOf(histogramOf([-1, 1, 2]))).toEqual(stateOf(histogramOf(view)));
  });

  it('takes nothing of a sample that is not finite', () => {
    const histogram = histogramOf([1, -2]);
    const before = stateOf(histogram);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(() => histogram.observe(new Float32Array([100, bad, 3]))).toThrow(
        expect.objectContaining({
          code: 'non-finite-activation',
          message: `The sample holds ${bad} at element 1.`,
        }),
      );
    }
    expect(stateOf(histogram)).toEqual(before);
  });

  it('has no cell where all values are 0, and nothing to tell where there are none', () => {
    expect(histogramOf([0, -0]).cells()).toEqual({ edges: new Float64Array(1), counts: new Float64Array(0) });
    expect(() => histogramOf([]).extremes).toThrow(expect.objectContaining({ code: 'nothing-observed' }));
    expect(() => histogramOf([]).coarse()).toThrow(expect.objectContaining({ code: 'nothing-observed' }));
  });
});

describe('coarse', () => {
  it('keeps extremes and total, and is within two fine bins of an exact histogram', () => {
    fc.assert(
      fc.property(values, (sample) => {
        const histogram = histogramOf(sample);
        const { min, max, counts } = histogram.coarse(8);
        expect({ min, max }).toEqual(histogram.extremes);
        expect(counts).toHaveLength(8);
        let running = 0;
        for (const [i, count] of counts.entries()) {
          expect(Number.isInteger(count) && count >= 0).toBe(true);
          running += count;
          const edge = min + ((max - min) * (i + 1)) / 8;
          // One more for values that share a fine bin with the edge, half a unit for rounding.
          const slack = histogram.binWidth * 1.000001;
          expect(running).toBeGreaterThanOrEqual(sample.filter((x) => x < edge - slack).length);
          expect(running).toBeLessThanOrEqual(sample.filter((x) => x <= edge + slack).length);
        }
        expect(running).toBe(sample.length);
      }),
      { seed: 3 },
    );
  });

  it('splits an even spread evenly', () => {
    const sample = Float32Array.from({ length: 6400 }, (_, i) => i / 6399);
    expect(histogramOf(sample).coarse().counts).toHaveLength(64);
    for (const count of histogramOf(sample).coarse().counts)
      expect(Math.abs(count - 100)).toBeLessThanOrEqual(2);
  });

  it('puts a constant into the first bin', () => {
    expect(histogramOf([3, 3]).coarse(4)).toEqual({ min: 3, max: 3, counts: [2, 0, 0, 0] });
    expect(histogramOf([0]).coarse(2)).toEqual({ min: 0, max: 0, counts: [1, 0] });
  });
});
