import { describe, test } from 'vitest';
import { ortNode } from '../../runtime/ort-node.ts';
import { float, GraphBuilder } from '../../testing/build-graph.ts';
import { expectGradients } from '../../testing/expect-gradients.ts';
import { f32 } from '../../testing/tensors.ts';

const runner = await ortNode();

describe('MatMul', () => {
  test.each<[number[], number[]]>([
    [
      [3, 4],
      [4, 5],
    ],
    [[4], [4]],
    [[4], [4, 5]],
    [[3, 4], [4]],
    [[2, 3, 4], [4]],
    [
      [2, 3, 4],
      [4, 5],
    ],
    [
      [3, 4],
      [2, 4, 5],
    ],
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    [
      [2, 1, 3, 4],
      [6, 4, 5],
    ],
    [
      [1, 1, 1],
      [1, 1, 1],
    ],
  ])('[%s] · [%s]', async (left, right) => {
    const b = new GraphBuilder();
    const model = b.model(18, b.node('MatMul', [b.input('a', left), b.input('b', right)]));
    await expectGradients(runner, model, { feeds: { a: f32(left, 'a'), b: f32(right, 'b') }, step: 0.1 });
  });
});

describe('Gemm', () => {
  const cases = [0, 1].flatMap((transA) =>
    [0, 1].flatMap((transB) =>
      [[5], [3, 1], [3, 5], [], undefined].map((bias) => ({ transA, transB, bias })),
    ),
  );
  test.each(cases)('%j', async ({ transA, transB, bias }) => {
    const b = new GraphBuilder();
    const [left, right] = [transA ? [4, 3] : [3, 4], transB ? [5, 4] : [4, 5]];
    const inputs = [b.input('a', left), b.input('b', right), ...(bias ? [b.input('c', bias)] : [])];
    const attributes = { transA, transB, alpha: float(0.5), beta: float(-2) };
    const model = b.model(18, b.node('Gemm', inputs, { attributes }));
    const feeds = { a: f32(left, 'a'), b: f32(right, 'b'), ...(bias && { c: f32(bias, 'c') }) };
    await expectGradients(runner, model, { feeds, step: 0.1 });
  });
});
