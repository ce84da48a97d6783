import { expect, test } from 'vitest';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { floats, int64 } from '../testing/tensors.ts';
import { finiteness } from './finiteness.ts';

const runner = await ortNode();
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

test.each([
  ['small numbers', [1, -2, 0.5], { hasNaN: false, largest: 2 }],
  ['numbers whose sum overflows', [3e38, -3e38, 3e38], { hasNaN: false, largest: Math.fround(3e38) }],
  ['an infinity', [1, -infinity, 2], { hasNaN: false, largest: infinity }],
  ['both infinities', [infinity, -infinity, 0], { hasNaN: false, largest: infinity }],
  ['a NaN', [1, 2, nan], { hasNaN: true }],
  ['a NaN at first', [nan, 2, 1], { hasNaN: true }],
  ['NaN beside infinity', [infinity, nan, -infinity], { hasNaN: true }],
])('%s', async (_, numbers, wanted) => {
  const b = new GraphBuilder();
  const y = b.node('Identity', [b.input('x', [3])]);
  const found = await finiteness(b.model(18, y), { x: floats([3], numbers) }, runner);
  expect(found.get(y)).toMatchObject(wanted);
});

test('values that are no floats, or are empty, are left out; the model stays as it was', async () => {
  const b = new GraphBuilder();
  const x = b.input('x', [3]);
  const none = b.node('Slice', [x, b.constant('from', int64([0])), b.constant('to', int64([0]))]);
  const isPositive = b.node('Greater', [x, b.constant('zero', floats([], [0]))]);
  const y = b.node('Concat', [x, none], { attributes: { axis: 0 } });
  const model = b.model(18, y, isPositive);
  const found = await finiteness(model, { x: floats([3], [1, 2, 3]) }, runner);
  expect([...found.keys()]).toEqual([y]);
  expect(model.graph.outputs).toEqual([y, isPositive]);
  expect(model.graph.nodes.size).toBe(3);
});
