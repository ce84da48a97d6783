import { expect, test } from 'vitest';
import { collect } from '../testing/collect.ts';
import { floats } from '../testing/tensors.ts';
import { groupSamples } from './group-samples.ts';
import type { Sample } from './source.ts';

/** Samples of these lengths, each holding its number. */
async function* ofLengths(...lengths: number[]): AsyncGenerator<Sample> {
  for (const [i, length] of lengths.entries())
    yield { fields: { x: floats([length], new Array<number>(length).fill(i)) }, label: i };
}

const labelsOf = async (batchSize: number, ...lengths: number[]) =>
  (await collect(groupSamples(ofLengths(...lengths), batchSize, 'x.yaml'))).map(({ labels }) => [
    ...(labels ?? []),
  ]);

test('samples of one shape fill batches, another shape begins a new one; the order stays', async () => {
  expect(await labelsOf(2, 3, 3, 3, 3, 3)).toEqual([[0, 1], [2, 3], [4]]);
  expect(await labelsOf(4, 3, 3, 5, 3, 3, 3)).toEqual([[0, 1], [2], [3, 4, 5]]);
  expect(await labelsOf(4, 1, 2, 3)).toEqual([[0], [1], [2]]);
  expect(await labelsOf(4)).toEqual([]);
});

test('targets of another shape begin a new batch, too', async () => {
  async function* samples(): AsyncGenerator<Sample> {
    for (const length of [1, 2])
      yield { fields: { x: floats([1], [0]) }, target: floats([length], new Array(length).fill(0)) };
  }
  const batches = await collect(groupSamples(samples(), 2, 'x.yaml'));
  expect(batches.map(({ targets }) => targets?.shape)).toEqual([
    [1, 1],
    [1, 2],
  ]);
});
