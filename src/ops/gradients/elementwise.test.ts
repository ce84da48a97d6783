import { describe, test } from 'vitest';
import type { Tensor } from '../../base/tensor.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { GraphBuilder } from '../../testing/build-graph.ts';
import { expectGradients } from '../../testing/expect-gradients.ts';
import { f32 } from '../../testing/tensors.ts';

const runner = await ortNode();

/** Values in (low, high). */
function between(shape: readonly number[], seed: string, low: number, high: number): Tensor {
  const { data } = f32(shape, seed);
  return { dtype: 'float', shape, data: data.map((x) => low + (high - low) / (1 + Math.exp(-x))) };
}

describe('operators on one value', () => {
  const anywhere = ['Neg', 'Exp', 'Erf', 'Sin', 'Cos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Identity'];
  const domains: [string, number, number][] = [
    ...anywhere.map((type): [string, number, number] => [type, -1.5, 1.5]),
    ['Abs', 0.2, 2],
    ['Log', 0.3, 3],
    ['Sqrt', 0.3, 3],
    ['Reciprocal', 0.4, 2],
    ['Tan', -1, 1],
    ['Asin', -0.8, 0.8],
    ['Acos', -0.8, 0.8],
    ['Acosh', 1.3, 3],
    ['Atanh', -0.8, 0.8],
  ];
  test.each(domains)('%s', async (type, low, high) => {
    const b = new GraphBuilder();
    const model = b.model(18, b.node(type, [b.input('x', [3, 5])]));
    await expectGradients(runner, model, { feeds: { x: between([3, 5], type, low, high) }, step: 3e-3 });
  });
});

describe('operators that broadcast', () => {
  const shapes: [number[], number[]][] = [
    [
      [2, 3, 4],
      [2, 3, 4],
    ],
    [
      [2, 3, 4],
      [3, 1],
    ],
    [[4], [2, 1, 4]],
    [
      [2, 1, 4],
      [3, 1],
    ],
    [[], [5]],
    [[1], [1]],
  ];
  const types = ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Min', 'Max', 'Sum', 'Mean'];
  test.each(types.flatMap((type) => shapes.map(([a, b]) => [type, a, b] as const)))(
    '%s of [%s] and [%s]',
    async (type, left, right) => {
      const b = new GraphBuilder();
      const model = b.model(18, b.node(type, [b.input('a', left), b.input('b', right)]));
      const feeds = { a: between(left, `${type}a`, 0.4, 2), b: between(right, `${type}b`, 0.5, 1.8) };
      // Extremes have a kink where operands meet: a small step seldom crosses it.
      await expectGradients(runner, model, { feeds, step: type[0] === 'M' ? 1e-3 : 3e-3, tolerance: 5e-3 });
    },
  );

  test('one value read several times', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [4]);
    const y = b.node('Mul', [x, b.node('Add', [x, b.node('Mul', [x, x])])]);
    await expectGradients(runner, b.model(18, y), { feeds: { x: between([4], 'x', 0.5, 1.5) } });
  });
});
