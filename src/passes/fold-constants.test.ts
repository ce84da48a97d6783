import { describe, expect, it } from 'vitest';
import type { Runner } from '../base/runner.ts';
import type { Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';
import { readTensorSource } from '../onnx/ir/read-tensor-source.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { float, GraphBuilder, subgraph, tensorAttribute } from '../testing/build-graph.ts';
import { expectClose } from '../testing/expect-close.ts';
import { randomFeeds } from '../testing/random-feeds.ts';
import { runModel } from '../testing/run-model.ts';
import { f32, floats, int64 } from '../testing/tensors.ts';
import { clean } from './clean.ts';
import { foldConstants } from './fold-constants.ts';
import { removeDead } from './remove-dead.ts';

const runner = await ortNode();
const refuse = () => Promise.reject(new Error('the engine was asked'));
const noEngine: Runner = {
  engine: { name: 'none', version: '0' },
  load: refuse,
  optimize: refuse,
};

function operators(model: Model): string[] {
  return [...model.graph.nodes].map((node) => node.opType);
}

async function folds(model: Model, left: readonly string[], feeds = randomFeeds(model)): Promise<void> {
  const before = await runModel(runner, model, feeds);
  const changes = await foldConstants.run(model, { runner });
  expect(operators(model)).toEqual(left);
  expectClose(await runModel(runner, model, feeds), before, 0);
  expect(await foldConstants.run(model, { runner: noEngine })).toBe(0);
  if (left.length === 0) expect(changes).toBeGreaterThan(0);
}

describe('foldConstants', () => {
  it('computes chains, and shapes that depend on computed shapes', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', ['n', 6]);
    const sizes = b.node('Concat', [b.constant('a', int64([-1])), b.constant('b', int64([2, 3]))], {
      attributes: { axis: 0 },
    });
    const weight = b.node('Reshape', [
      b.weights('w', [6]),
      b.node('Slice', [sizes, b.constant('s', int64([1])), b.constant('e', int64([3]))]),
    ]);
    const y = b.node('Add', [b.node('Reshape', [x, sizes]), weight]);
    await folds(b.model(13, y), ['Reshape', 'Add']);
  });

  it('makes initializers of Constant nodes', async () => {
    const b = new GraphBuilder();
    const constant = b.node('Constant', [], { attributes: { value: tensorAttribute(floats([2], [1, 2])) } });
    const model = b.model(13, b.node('Add', [b.input('x', [2]), constant]));
    await folds(model, ['Add']);
    expect([...model.graph.initializers].map(({ name }) => name)).toEqual(['constant']);
  });

  it.each(['RandomNormalLike', 'RandomUniformLike', 'Bernoulli'])('never folds %s', async (opType) => {
    const b = new GraphBuilder();
    const drawn = b.node(opType, [b.constant('c', floats([2], [0.5, 0.5]))]);
    const model = b.model(15, b.node('Add', [b.input('x', [2]), drawn]));
    expect(await foldConstants.run(model, { runner: noEngine })).toBe(0);
    expect(operators(model)).toEqual([opType, 'Add']);
  });

  it('never folds a dropout in training', async () => {
    const b = new GraphBuilder();
    const yes = b.constant('yes', { dtype: 'bool', shape: [], data: Uint8Array.of(1) });
    const drawn = b.node('Dropout', [b.weights('c', [8]), undefined, yes]);
    const model = b.model(13, b.node('Add', [b.input('x', [8]), drawn]));
    expect(await foldConstants.run(model, { runner: noEngine })).toBe(0);
  });

  it.each<[string, (b: GraphBuilder) => ReturnType<GraphBuilder['node']>]>([
    ['an outer sum', (b) => b.node('Add', [b.weights('r', [30000, 1]), b.weights('c', [1, 30000])])],
    ['an outer product', (b) => b.node('MatMul', [b.weights('r', [30000, 1]), b.weights('c', [1, 30000])])],
    [
      'an expansion',
      (b) => b.node('Expand', [b.weights('r', [1]), b.constant('s', int64([1 << 20, 1 << 12]))]),
    ],
    ['a fill', (b) => b.node('ConstantOfShape', [b.constant('s', int64([1 << 20, 1 << 12]))])],
    ['a tiling', (b) => b.node('Tile', [b.weights('r', [1]), b.constant('s', int64([1 << 30]))])],
    [
      'a range',
      (b) =>
        b.node(
          'Range',
          [0, 1 << 30, 1].map((n, i) => b.constant(`r${i}`, int64(n))),
        ),
    ],
    ['a large padding', (b) => b.node('Pad', [b.weights('r', [1]), b.constant('s', int64([1 << 30, 0]))])],
    [
      'a large one-hot',
      (b) =>
        b.node('OneHot', [b.constant('i', int64([1])), b.constant('d', int64(1 << 30)), b.weights('v', [2])]),
    ],
    [
      'a resize',
      (b) => b.node('Resize', [b.weights('r', [1]), undefined, b.constant('s', floats([1], [1e9]))]),
    ],
    ['weights kept small by a Cast', (b) => b.node('Cast', [bytes(b)], { attributes: { to: 1 } })],
    [
      'weights that others read as well',
      (b) => {
        const w = b.weights('w', [64, 32]);
        b.node('Keep', [w], { domain: 'mine' });
        return b.node('Transpose', [w]);
      },
    ],
    [
      'quantized weights',
      (b) => b.node('DequantizeLinear', [bytes(b), b.constant('scale', floats([], [0.5]))]),
    ],
  ])('leaves %s, which would make the file larger', async (_, build) => {
    const b = new GraphBuilder();
    const model = b.model(13, b.node('Use', [build(b)], { domain: 'mine' }));
    const before = operators(model);
    expect(await foldConstants.run(model, { runner: noEngine })).toBe(0);
    expect(operators(model)).toEqual(before);
  });

  it('folds weights that nothing else reads', async () => {
    const b = new GraphBuilder();
    const w = b.node('Transpose', [b.weights('w', [64, 32])]);
    await folds(b.model(13, b.node('MatMul', [b.input('x', [2, 32]), w])), ['MatMul']);
  });

  describe('outputs that are constants', () => {
    it('of a Constant node', async () => {
      const b = new GraphBuilder();
      const y = b.node('Constant', [], { attributes: { value: tensorAttribute(floats([2], [1, 2])) } });
      await folds(b.model(13, y), ['Constant']);
    });

    it('of a chain, which another output continues', async () => {
      const b = new GraphBuilder();
      const sum = b.node('Add', [b.weights('a', [3]), b.weights('b', [3])]);
      const twice = b.node('Mul', [sum, sum]);
      await folds(b.model(13, sum, twice, b.node('Relu', [b.input('x', [1])])), ['Add', 'Mul', 'Relu']);
    });

    it('an initializer', async () => {
      const b = new GraphBuilder();
      const w = b.weights('w', [3]);
      const model = b.model(13, w, b.node('Relu', [b.input('x', [1])]));
      const before = await runModel(runner, model, randomFeeds(model));
      await clean(model, { runner });
      expectClose(await runModel(runner, model, randomFeeds(model)), before, 0);
    });
  });

  describe('constants that bodies of If read', () => {
    /** If(c) then x + k else x · k, where k comes from the outer graph. */
    function captured(b: GraphBuilder, k: ReturnType<GraphBuilder['node']>): Model {
      const x = b.input('x', [3]);
      const branch = (name: string, opType: string) => {
        const inner = new GraphBuilder(name);
        return subgraph(inner.ends(inner.node(opType, [x, k], { outputs: [`${name}_y`] })));
      };
      const attributes = { then_branch: branch('then', 'Add'), else_branch: branch('else', 'Mul') };
      return b.model(13, b.node('If', [b.input('c', [], 'bool')], { attributes }));
    }

    const sources: Record<string, (b: GraphBuilder) => ReturnType<GraphBuilder['node']>> = {
      'a computed one': (b) => b.node('Neg', [b.node('Exp', [b.weights('w', [3])])]),
      'a Constant node': (b) =>
        b.node('Constant', [], { attributes: { value: tensorAttribute(floats([3], [1, 2, 3])) } }),
      'an initializer behind an Identity': (b) => b.node('Identity', [b.weights('w', [3])]),
    };
    it.each(Object.entries(sources))('%s', async (_, source) => {
      const b = new GraphBuilder();
      const model = captured(b, source(b));
      const feeds = [0, 1].map(
        (bit): Record<string, Tensor> => ({
          x: f32([3], 'x'),
          c: { dtype: 'bool', shape: [], data: Uint8Array.of(bit) },
        }),
      );
      const before = await Promise.all(feeds.map((feed) => runModel(runner, model, feed)));
      await clean(model, { runner });
      expect(operators(model)).toEqual(['If']);
      expect(model.graph.initializers.size).toBe(1);
      for (const [i, feed] of feeds.entries()) expectClose(await runModel(runner, model, feed), before[i], 0);
      expect(Object.values(await clean(model, { runner: noEngine })).every((n) => n === 0)).toBe(true);
    });

    it('a value a body hands out as it is stays, with its name', async () => {
      const b = new GraphBuilder();
      const k = b.node('Neg', [b.weights('w', [3])], { outputs: ['k'] });
      const inner = new GraphBuilder('then');
      const model = b.model(
        13,
        b.node('If', [b.input('c', [], 'bool')], { attributes: { then_branch: subgraph(inner.ends(k)) } }),
      );
      await clean(model, { runner: noEngine });
      expect(operators(model)).toEqual(['Neg', 'If']);
    });
  });

  it('gives the numbers the engine computes', async () => {
    const b = new GraphBuilder();
    const y = b.node('LeakyRelu', [b.constant('c', floats([3], [-2, 0, 4]))], {
      attributes: { alpha: float(0.5) },
    });
    const model = b.model(13, b.node('Add', [b.input('x', [3]), y]));
    await foldConstants.run(model, { runner });
    const source = [...model.graph.nodes][0].inputs[1]?.initializer;
    expect(source && [...(await readTensorSource(source)).data]).toEqual([-1, 0, 4]);
  });
});

describe('removeDead', () => {
  it('removes chains, constants, and what only dead bodies read, in one run', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [3]);
    const exponent = b.node('Exp', [b.weights('w', [3])]);
    const deepest = new GraphBuilder('deepest');
    const deep = subgraph(deepest.ends(deepest.node('Neg', [exponent], { outputs: ['n'] })));
    const middle = new GraphBuilder('middle');
    const condition = b.input('c', [], 'bool');
    const nested = subgraph(
      middle.ends(middle.node('If', [condition], { attributes: { then_branch: deep } })),
    );
    b.node('Abs', [b.node('If', [condition], { outputs: ['unread'], attributes: { then_branch: nested } })]);
    const model = b.model(13, b.node('Relu', [x]));
    expect(removeDead(model.graph)).toBe(4);
    expect(operators(model)).toEqual(['Relu']);
    expect(model.graph.initializers.size).toBe(0);
    expect(model.graph.inputs.map(({ name }) => name)).toEqual(['x', 'c']);
    expect(removeDead(model.graph)).toBe(0);
  });

  it('removes dead nodes of a living body, then what they read', async () => {
    const b = new GraphBuilder();
    const read = b.node('Exp', [b.weights('w', [3])]);
    const inner = new GraphBuilder('then');
    inner.node('Neg', [read], { outputs: ['unread'] });
    const body = subgraph(inner.ends(inner.node('Abs', [b.input('x', [3])], { outputs: ['y'] })));
    const model = b.model(
      13,
      b.node('If', [b.input('c', [], 'bool')], { attributes: { then_branch: body } }),
    );
    expect(removeDead(model.graph)).toBe(3);
    expect(operators(model)).toEqual(['If']);
    expect(removeDead(model.graph)).toBe(0);
  });
});

function bytes(b: GraphBuilder) {
  return b.constant('codes', { dtype: 'int8', shape: [64, 32], data: new Int8Array(2048) });
}
