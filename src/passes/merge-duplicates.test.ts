import { describe, expect, it } from 'vitest';
import type { Tensor } from '../base/tensor.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder, subgraph } from '../testing/build-graph.ts';
import { expectClose } from '../testing/expect-close.ts';
import { expectRefusedBy, operatorsOf, rewriteBy } from '../testing/rewrite-by.ts';
import { runModel } from '../testing/run-model.ts';
import { f32, floats, int64 } from '../testing/tensors.ts';
import { absorbedNames } from './absorb.ts';
import { mergeConstants } from './merge-constants.ts';
import { mergeNodes } from './merge-nodes.ts';

describe('mergeConstants', () => {
  it('keeps one of equal constants, and those that only look alike', async () => {
    const b = new GraphBuilder();
    const constants = [
      floats([2], [1, 2]),
      floats([2], [1, 2]),
      floats([2], [1, 3]),
      floats([1, 2], [1, 2]),
      int64([1, 2]),
    ];
    const values = constants.map((tensor, i) => b.constant(`c${i}`, tensor));
    const sums = values
      .slice(0, 4)
      .map((value) => b.node('Add', [b.graph.inputs[0] ?? b.input('x', [2]), value]));
    const model = await rewriteBy(mergeConstants, b.model(13, ...sums, b.node('Neg', [values[4]])), 1);
    expect([...model.graph.initializers].map(({ name }) => name)).toEqual(['c0', 'c2', 'c3', 'c4']);
  });

  it('hands out an output under its own name', async () => {
    const b = new GraphBuilder();
    const [a, c] = ['a', 'c'].map((name) => b.constant(name, floats([2], [1, 2])));
    const model = await rewriteBy(mergeConstants, b.model(13, b.node('Add', [b.input('x', [2]), a]), c), 0);
    expect(model.graph.initializers.size).toBe(2);
  });

  it('lets bodies read those around them, but not those of one another', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [2]);
    const outer = b.node('Add', [x, b.constant('k', floats([2], [1, 2]))]);
    const branch = (name: string, ...numbers: number[]) => {
      const inner = new GraphBuilder(name);
      return subgraph(
        inner.ends(inner.node('Mul', [outer, inner.constant(`${name}_k`, floats([2], numbers))])),
      );
    };
    const choice = (condition: string, ...numbers: number[]) =>
      b.node(
        'If',
        [b.graph.inputs.find(({ name }) => name === condition) ?? b.input(condition, [], 'bool')],
        {
          attributes: {
            then_branch: branch(`${condition}t`, ...numbers),
            else_branch: branch(`${condition}e`, 5, 5),
          },
        },
      );
    const model = b.model(13, choice('c', 1, 2));
    const runner = await ortNode();
    const feeds = [0, 1].map(
      (bit): Record<string, Tensor> => ({
        x: f32([2], 'x'),
        c: { dtype: 'bool', shape: [], data: Uint8Array.of(bit) },
      }),
    );
    const before = await Promise.all(feeds.map((feed) => runModel(runner, model, feed)));
    expect(await mergeConstants.run(model, { runner })).toBe(1);
    for (const [i, feed] of feeds.entries()) expectClose(await runModel(runner, model, feed), before[i], 0);
    const siblings = new GraphBuilder();
    const y = siblings.input('y', [2]);
    const twin = (name: string) => {
      const inner = new GraphBuilder(name);
      return subgraph(inner.ends(inner.node('Mul', [y, inner.constant(name, floats([2], [3, 4]))])));
    };
    const attributes = { then_branch: twin('t'), else_branch: twin('e') };
    const apart = siblings.model(13, siblings.node('If', [siblings.input('c', [], 'bool')], { attributes }));
    expect(await mergeConstants.run(apart, { runner })).toBe(0);
  });
});

describe('mergeNodes', () => {
  it('makes chains that compute alike one', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [2, 3]);
    const chain = (name: string) =>
      b.node('Softmax', [b.node('Exp', [b.node('Neg', [x])])], { name, attributes: { axis: 1 } });
    const model = await rewriteBy(mergeNodes, b.model(13, b.node('Sub', [chain('a'), chain('b')])), 3);
    expect(operatorsOf(model)).toEqual(['Neg', 'Exp', 'Softmax', 'Sub']);
    expect(absorbedNames([...model.graph.nodes][2])).toEqual(['b']);
  });

  it('keeps the one whose result is an output', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [2]);
    const inner = b.node('Neg', [b.node('Exp', [x])]);
    const model = await rewriteBy(mergeNodes, b.model(13, inner, b.node('Exp', [x], { outputs: ['y'] })), 1);
    expect(operatorsOf(model)).toEqual(['Exp', 'Neg']);
    expect(model.graph.outputs.map(({ name }) => name)).toEqual(['neg', 'y']);
  });

  it.each<[string, (b: GraphBuilder) => ReturnType<GraphBuilder['node']>[]]>([
    ['two outputs', (b) => [1, 2].map(() => b.node('Exp', [b.graph.inputs[0] ?? b.input('x', [2])]))],
    [
      'other attributes',
      (b) => {
        const x = b.input('x', [2, 3]);
        const [a, c] = [0, 1].map((axis) => b.node('Softmax', [x], { attributes: { axis } }));
        return [b.node('Add', [a, c])];
      },
    ],
    [
      'operands in another order',
      (b) => {
        const [x, y] = [b.input('x', [2]), b.input('y', [2])];
        return [b.node('Add', [b.node('Sub', [x, y]), b.node('Sub', [y, x])])];
      },
    ],
  ])('leaves %s alone', async (_, build) => {
    const b = new GraphBuilder();
    const outputs = build(b);
    await expectRefusedBy(mergeNodes, b.model(13, ...outputs));
  });

  it.each([
    ['', 'RandomNormalLike'],
    ['', 'Bernoulli'],
    ['mine', 'Counter'],
    ['', 'QuantizeLinear'],
  ])('never merges %s.%s', async (domain, opType) => {
    const b = new GraphBuilder();
    const inputs = [b.input('x', [2]), b.constant('s', floats([], [1]))];
    const [a, c] = [1, 2].map(() => b.node(opType, inputs, { domain }));
    const model = b.model(15, b.node('Add', [a, c]));
    expect(await mergeNodes.run(model, { runner: await ortNode() })).toBe(0);
  });
});
