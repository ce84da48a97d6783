import { expect, test } from 'vitest';
import { findCycles } from './find-cycles.ts';

const graphOf = (edges: Record<string, string[]>) => new Map(Object.entries(edges));

test('a diamond has no cycle', () => {
  expect(findCycles(graphOf({ a: ['b', 'c'], b: ['d'], c: ['d'], d: ['zod'] }))).toEqual([]);
});

test('two cycles that meet in one file are one group; another stands alone', () => {
  const graph = graphOf({ a: ['b'], b: ['c', 'a'], c: ['b', 'd'], d: ['e'], e: ['f'], f: ['e'], g: ['g'] });
  expect(findCycles(graph)).toEqual([['e', 'f'], ['a', 'b', 'c'], ['g']]);
});
