import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseSamples } from './choose-samples.ts';
import { halves } from './halves.ts';
import { mixSeed } from './mix-seed.ts';
import { sampleIndices } from './sample-indices.ts';

const range = (length: number) => Array.from({ length }, (_, i) => i);
const ascending = (values: Iterable<number>) => [...values].sort((a, b) => a - b);
const lengths = fc.integer({ min: 1, max: 300 });
const seeds = fc.nat(0xffffffff);

test('parts of one seed have no gap and no overlap', () => {
  fc.assert(
    fc.property(lengths, seeds, fc.double({ min: 0, max: 1, noNaN: true }), (length, seed, bound) => {
      const low = chooseSamples(length, { fraction: [0, bound], seed, limit: length });
      const high = chooseSamples(length, { fraction: [bound, 1], seed, limit: length });
      expect(ascending([...low, ...high])).toEqual(range(length));
    }),
  );
});

test('a smaller limit is a part of a larger one', () => {
  fc.assert(
    fc.property(lengths, seeds, fc.nat(300), fc.nat(300), (length, seed, a, b) => {
      const [small, large] = [Math.min(a, b), Math.max(a, b)].map((limit) =>
        chooseSamples(length, { fraction: [0, 1], seed, limit }),
      );
      expect(small.length).toBe(Math.min(a, b, length));
      expect(new Set(large)).toEqual(new Set([...large, ...small]));
    }),
  );
});

test('halves are disjoint, whole and balanced', () => {
  fc.assert(
    fc.property(lengths, seeds, (length, seed) => {
      const [a, b] = halves(length, seed);
      expect(a.length - b.length).toBe(length % 2);
      expect(ascending([...a, ...b])).toEqual(range(length));
    }),
  );
});

test('a sample has no index twice, and every index the same chance', () => {
  expect(ascending(sampleIndices(5, 9, 1))).toEqual(range(5));
  const counts = new Array<number>(10).fill(0);
  for (let seed = 0; seed < 2000; seed++) {
    const sample = sampleIndices(10, 3, seed);
    expect(new Set(sample).size).toBe(3);
    for (const index of sample) counts[index]++;
  }
  // Binomial(2000, 0.3): mean 600, standard deviation 20.5; five of them on either side.
  for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(103);
});

test('no two indices of a seed share a stream', () => {
  expect(new Set(range(100_000).map((index) => mixSeed(7, index))).size).toBe(100_000);
});
