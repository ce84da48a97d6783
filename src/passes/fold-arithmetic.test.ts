import { describe, expect, it } from 'vitest';
import type { Tensor } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { addConv } from '../testing/add-conv.ts';
import { type Attributes, GraphBuilder, subgraph } from '../testing/build-graph.ts';
import { expectClose } from '../testing/expect-close.ts';
import { expectRefusedBy, operatorsOf, rewriteBy } from '../testing/rewrite-by.ts';
import { runModel } from '../testing/run-model.ts';
import { f32, floats } from '../testing/tensors.ts';
import { absorbedNames } from './absorb.ts';
import { foldArithmetic } from './fold-arithmetic.ts';

describe('foldArithmetic', () => {
  const withAdd = (shape: readonly number[], attributes?: Attributes) => (b: GraphBuilder) =>
    b.model(13, b.node('Add', [addConv(b, attributes), b.weights('bias', shape)], { name: 'add' }));

  it.each([[[4, 1, 1]], [[1, 4, 1, 1]]])('folds %j behind a convolution', async (shape) => {
    const model = await rewriteBy(foldArithmetic, withAdd(shape)(new GraphBuilder()), 1);
    expect(operatorsOf(model)).toEqual(['Conv']);
    expect(absorbedNames([...model.graph.nodes][0])).toEqual(['add']);
  });

  it('folds a constant on the left', async () => {
    const b = new GraphBuilder();
    const y = b.node('Add', [b.weights('bias', [4, 1, 1]), addConv(b, { group: 2 })]);
    expect(operatorsOf(await rewriteBy(foldArithmetic, b.model(13, y), 1))).toEqual(['Conv']);
  });

  it.each([[[4]], [[1, 4]]])('writes a product of matrices and %j as Gemm', async (shape) => {
    const b = new GraphBuilder();
    const product = b.node('MatMul', [b.input('x', [2, 3]), b.weights('w', [3, 4])], { name: 'product' });
    const model = await rewriteBy(
      foldArithmetic,
      b.model(13, b.node('Add', [product, b.weights('c', shape)])),
      1,
    );
    expect(operatorsOf(model)).toEqual(['Gemm']);
    expect([...model.graph.nodes][0].inputs[2]?.name).toBe('product.bias');
  });

  /** Weight and attributes of a layer of x[1, 4, 5, 5], and its number of output channels. */
  const layers: Record<string, [string, readonly number[], Attributes, number]> = {
    'a convolution': ['Conv', [6, 4, 3, 3], { pads: [1, 1, 1, 1] }, 6],
    'a grouped one': ['Conv', [6, 2, 3, 3], { group: 2, auto_pad: 'SAME_UPPER' }, 6],
    'a depthwise one': ['Conv', [4, 1, 3, 3], { group: 4 }, 4],
    'a transposed one': ['ConvTranspose', [4, 3, 3, 3], { strides: [2, 2] }, 3],
    'a grouped transposed one': ['ConvTranspose', [4, 3, 2, 2], { group: 2 }, 6],
  };
  const cases = Object.keys(layers).flatMap((name) =>
    ['Add', 'Sub', 'Mul', 'Div'].flatMap((opType) =>
      [false, true].map((isRight) => ({ name, opType, isRight })),
    ),
  );
  it.each(cases)('folds $opType into $name with a bias (on the right: $isRight)', async (given) => {
    const [layer, shape, attributes, channels] = layers[given.name];
    const b = new GraphBuilder();
    const inputs = [b.input('x', [1, 4, 5, 5]), b.weights('w', shape), b.weights('own', [channels])];
    const operands = [b.node(layer, inputs, { attributes }), b.weights('c', [channels, 1, 1])];
    if (given.isRight) operands.reverse();
    const model = b.model(13, b.node(given.opType, operands));
    // c / y is no scale of y.
    if (given.opType === 'Div' && given.isRight) await expectRefusedBy(foldArithmetic, model);
    else expect(operatorsOf(await rewriteBy(foldArithmetic, model, 1))).toEqual([layer]);
  });

  it.each([[[]], [[1]], [[1, 1, 1]]])('folds one number for all channels, of shape %j', async (shape) => {
    expect(operatorsOf(await rewriteBy(foldArithmetic, withAdd(shape)(new GraphBuilder()), 1))).toEqual([
      'Conv',
    ]);
  });

  it('scales a product of any rank, which stays one', async () => {
    const b = new GraphBuilder();
    const product = b.node('MatMul', [b.input('x', [2, 5, 3]), b.weights('w', [3, 4])]);
    const model = b.model(13, b.node('Mul', [b.weights('c', [1, 1, 4]), product]));
    expect(operatorsOf(await rewriteBy(foldArithmetic, model, 1))).toEqual(['MatMul']);
  });

  it.each([0, 1])('folds a chain into a Gemm with transB = %i and a scalar bias', async (transB) => {
    const b = new GraphBuilder();
    const inputs = [b.input('x', [2, 3]), b.weights('w', transB ? [4, 3] : [3, 4]), b.weights('one', [])];
    const y = b.node('Div', [b.node('Gemm', inputs, { attributes: { transB } }), b.weights('d', [4])]);
    const model = b.model(13, b.node('Sub', [y, b.weights('s', [1, 4])]));
    expect(operatorsOf(await rewriteBy(foldArithmetic, model, 2))).toEqual(['Gemm']);
  });

  it('reaches layers in bodies', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 2, 5, 5]);
    const branch = (name: string, opType: string) => {
      const inner = new GraphBuilder(name);
      const y = inner.node('Conv', [x, b.weights(`${name}_w`, [4, 2, 3, 3])]);
      return subgraph(inner.ends(inner.node(opType, [y, inner.weights(`${name}_c`, [4, 1, 1])])));
    };
    const attributes = { then_branch: branch('then', 'Add'), else_branch: branch('else', 'Mul') };
    const model = b.model(13, b.node('If', [b.input('c', [], 'bool')], { attributes }));
    const feeds = [0, 1].map(
      (bit): Record<string, Tensor> => ({
        x: f32([1, 2, 5, 5], 'x'),
        c: { dtype: 'bool', shape: [], data: Uint8Array.of(bit) },
      }),
    );
    const runner = await ortNode();
    const before = await Promise.all(feeds.map((feed) => runModel(runner, model, feed)));
    expect(await foldArithmetic.run(model, { runner })).toBe(2);
    for (const [i, feed] of feeds.entries())
      expectClose(await runModel(runner, model, feed), before[i], 1e-5);
  });

  const matMul = (x: readonly number[], w: readonly number[], c: readonly number[]) => (b: GraphBuilder) => {
    const product = b.node('MatMul', [b.input('x', x), b.weights('w', w)]);
    return b.model(13, b.node('Add', [product, b.weights('c', c)]));
  };
  const refusals: Record<string, (b: GraphBuilder) => Model> = {
    'a division by 0': (b) =>
      b.model(13, b.node('Div', [addConv(b), b.constant('zero', floats([4, 1, 1], [1, 0, 2, 3]))])),
    'a large weight that another layer reads as well': (b) => {
      const [x, w] = [b.input('x', [1, 64, 3, 3]), b.weights('w', [64, 64, 3, 3])];
      const y = b.node('Mul', [b.node('Conv', [x, w]), b.weights('c', [64, 1, 1])]);
      return b.model(13, y, b.node('Conv', [x, w]));
    },
    'a product that starts with a constant': (b) => {
      const product = b.node('MatMul', [b.weights('w', [2, 3]), b.input('x', [3, 4])]);
      return b.model(13, b.node('Mul', [product, b.weights('c', [4])]));
    },
    '[C] on NCHW (it lies along the width)': (b) => {
      const weight = b.weights('w', [3, 2, 3, 3]);
      const y = b.node('Conv', [b.input('x', [1, 2, 5, 5]), weight]);
      return b.model(13, b.node('Add', [y, b.weights('bias', [3])]));
    },
    'a whole map': withAdd([4, 3, 3]),
    'a batch of constants': withAdd([2, 4, 1, 1]),
    'a layer with two readers': (b) => {
      const y = addConv(b);
      return b.model(13, b.node('Add', [y, b.weights('bias', [4, 1, 1])]), b.node('Relu', [y]));
    },
    'a layer whose sums are an output': (b) => {
      const y = addConv(b);
      return b.model(13, b.node('Add', [y, b.weights('bias', [4, 1, 1])]), y);
    },
    'a layer added to itself': (b) => {
      const y = addConv(b);
      return b.model(13, b.node('Add', [y, y]));
    },
    'what is not constant': (b) => b.model(13, b.node('Add', [addConv(b), b.input('bias', [4, 1, 1])])),
    'a product of rank 3': matMul([2, 2, 3], [3, 4], [4]),
    'one number a row': matMul([4, 3], [3, 4], [4, 1]),
    'a bias of higher rank': matMul([2, 3], [3, 4], [1, 1, 4]),
  };
  it.each(Object.entries(refusals))('leaves %s alone', async (_, build) =>
    expectRefusedBy(foldArithmetic, build(new GraphBuilder())),
  );
});
