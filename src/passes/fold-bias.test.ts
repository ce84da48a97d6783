import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import { addConv } from '../testing/add-conv.ts';
import { type Attributes, GraphBuilder } from '../testing/build-graph.ts';
import { expectRefusedBy, operatorsOf, rewriteBy } from '../testing/rewrite-by.ts';
import { absorbedNames } from './absorb.ts';
import { foldBias } from './fold-bias.ts';

describe('foldBias', () => {
  const withAdd = (shape: readonly number[], attributes?: Attributes) => (b: GraphBuilder) =>
    b.model(13, b.node('Add', [addConv(b, attributes), b.weights('bias', shape)], { name: 'add' }));

  it.each([[[4, 1, 1]], [[1, 4, 1, 1]]])('folds %j behind a convolution', async (shape) => {
    const model = await rewriteBy(foldBias, withAdd(shape)(new GraphBuilder()), 1);
    expect(operatorsOf(model)).toEqual(['Conv']);
    expect(absorbedNames([...model.graph.nodes][0])).toEqual(['add']);
  });

  it('folds a constant on the left', async () => {
    const b = new GraphBuilder();
    const y = b.node('Add', [b.weights('bias', [4, 1, 1]), addConv(b, { group: 2 })]);
    expect(operatorsOf(await rewriteBy(foldBias, b.model(13, y), 1))).toEqual(['Conv']);
  });

  it.each([[[4]], [[1, 4]]])('writes a product of matrices and %j as Gemm', async (shape) => {
    const b = new GraphBuilder();
    const product = b.node('MatMul', [b.input('x', [2, 3]), b.weights('w', [3, 4])], { name: 'product' });
    const model = await rewriteBy(foldBias, b.model(13, b.node('Add', [product, b.weights('c', shape)])), 1);
    expect(operatorsOf(model)).toEqual(['Gemm']);
    expect([...model.graph.nodes][0].inputs[2]?.name).toBe('product.bias');
  });

  const matMul = (x: readonly number[], w: readonly number[], c: readonly number[]) => (b: GraphBuilder) => {
    const product = b.node('MatMul', [b.input('x', x), b.weights('w', w)]);
    return b.model(13, b.node('Add', [product, b.weights('c', c)]));
  };
  const refusals: Record<string, (b: GraphBuilder) => Model> = {
    '[C] on NCHW (it lies along the width)': (b) => {
      const weight = b.weights('w', [3, 2, 3, 3]);
      const y = b.node('Conv', [b.input('x', [1, 2, 5, 5]), weight]);
      return b.model(13, b.node('Add', [y, b.weights('bias', [3])]));
    },
    'a scalar': withAdd([]),
    'one number for all': withAdd([1, 1, 1]),
    'a whole map': withAdd([4, 3, 3]),
    'a batch of constants': withAdd([2, 4, 1, 1]),
    'a convolution that has a bias': (b) => {
      const y = addConv(b, {}, undefined, b.weights('own', [4]));
      return b.model(13, b.node('Add', [y, b.weights('bias', [4, 1, 1])]));
    },
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
    'a scalar behind a product': matMul([2, 3], [3, 4], []),
    'a bias of higher rank': matMul([2, 3], [3, 4], [1, 1, 4]),
  };
  it.each(Object.entries(refusals))('leaves %s alone', async (_, build) =>
    expectRefusedBy(foldBias, build(new GraphBuilder())),
  );
});
