import { expect, test } from 'vitest';
import { cutBack, eachRun, filledUp, groupingOf, scaleShape, type WeightGranularity } from './grouping.ts';

/** Group of each element, by brute force over indices. */
function groupsByIndex(dims: readonly number[], isOwn: readonly boolean[]): number[] {
  const count = dims.reduce((a, b) => a * b, 1);
  return Array.from({ length: count }, (_, element) => {
    let [rest, group, stride] = [element, 0, 1];
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const index = rest % dims[axis];
      rest = Math.floor(rest / dims[axis]);
      if (!isOwn[axis]) continue;
      group += index * stride;
      stride *= dims[axis];
    }
    return group;
  });
}

test.each<[number[], number[], WeightGranularity]>([
  [[4, 3, 3, 3], [0], 'channel'],
  [[3, 4, 2, 2], [1], 'channel'],
  [[2, 8, 5], [0, 1], 'channel'],
  [[2, 5, 7], [0, 2], 'channel'],
  [[6, 5], [1], 'channel'],
  [[6, 5], [1], 'tensor'],
  [[6], [], 'channel'],
  [[1, 1, 3, 1], [2], 'channel'],
  [[], [], 'channel'],
  [[20, 3], [1], 'block:8'],
  [[3, 20], [0], 'block:8'],
  [[4, 3, 3, 3], [0], 'block:8'],
  [[2, 3, 17, 5], [3], 'block:16'],
])(
  'runs of %j with scales along %j by %s cover each element once, in its group',
  (shape, ownAxes, granularity) => {
    const grouping = groupingOf(shape, ownAxes, granularity);
    const got: number[] = [];
    eachRun(grouping, (start, count, group, step) => {
      expect(start).toBe(got.length);
      for (let i = 0; i < count; i++) got.push(group + i * step);
    });
    expect(got).toEqual(groupsByIndex(grouping.dims, grouping.isOwn));
    expect(scaleShape(grouping).reduce((a, b) => a * b, 1)).toBe(new Set(got).size);
  },
);

test.each<[number[], number[], number[] | undefined]>([
  [[20, 3], [1], [1, 3, 8, 3]],
  [[3, 20], [0], [3, 3, 8, 1]],
  // Kernel and input channels are summed over together.
  [[4, 3, 3, 3], [0], [4, 4, 8, 1]],
  // A block would hold all of a channel: a scale a channel it is.
  [[8, 3], [1], undefined],
  [[5, 5], [0, 1], undefined],
])('%j with scales along %j is cut into blocks of 8 as %j', (shape, ownAxes, dims) => {
  const grouping = groupingOf(shape, ownAxes, 'block:8');
  expect(grouping.cut && grouping.dims).toEqual(dims);
  if (!dims) expect(grouping.dims).toEqual(shape);
});

test('blocks are filled up with zeros, and cut back', () => {
  const grouping = groupingOf([9, 2], [1], 'block:8');
  const weights = Float32Array.from({ length: 18 }, (_, i) => i + 1);
  const filled = filledUp(weights, grouping);
  expect(Array.from(filled)).toEqual([...weights, ...new Array(14).fill(0)]);
  expect(cutBack(filled, grouping)).toEqual(weights);
});
