import { expect, test } from 'vitest';
import { GraphBuilder } from '../testing/build-graph.ts';
import { floats } from '../testing/tensors.ts';
import { separateStatistics } from './separate-statistics.ts';

test('normalizations that share running statistics get a pair each, those of their own stay', () => {
  const b = new GraphBuilder();
  const [scale, shift, zeros, ones] = ['scale', 'shift', 'zeros', 'ones'].map((name) =>
    b.constant(name, floats([3], [1, 1, 1])),
  );
  const norm = (x: Parameters<typeof b.node>[1][number], mean = zeros, variance = ones) =>
    b.node('BatchNormalization', [x, scale, shift, mean, variance]);
  const own = [b.constant('mean', floats([3], [0, 0, 0])), b.constant('var', floats([3], [1, 1, 1]))];
  const model = b.model(18, norm(norm(norm(b.input('x', ['N', 3])), ...own)));
  separateStatistics(model);
  const used = [...model.graph.nodes].map(({ inputs }) => inputs.slice(3).map((value) => value!.name));
  expect(new Set(used.flat()).size).toBe(6);
  expect(used[1]).toEqual(['mean', 'var']);
});
