import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { type Attributes, GraphBuilder } from '../testing/build-graph.ts';
import { expectRefusedBy, operatorsOf, rewriteBy } from '../testing/rewrite-by.ts';
import { floats } from '../testing/tensors.ts';
import { foldIntoNextLayer } from './fold-into-next-layer.ts';

/** Normalizes x[1, 4, 5, 5] by channel in front of whatever `then` makes. */
function normalized(b: GraphBuilder, opType: string, isRight = false): Value {
  const operands = [b.input('x', [1, 4, 5, 5]), b.weights('c', [4, 1, 1])];
  if (opType !== 'BatchNormalization') return b.node(opType, isRight ? operands.reverse() : operands);
  const parameters = ['gamma', 'beta', 'mean'].map((name) => b.weights(name, [4]));
  return b.node(opType, [operands[0], ...parameters, b.constant('variance', floats([4], [0.1, 1, 2, 3]))]);
}

function convolved(opType: string, attributes: Attributes = {}, isRight = false) {
  return (b: GraphBuilder): Model => {
    const shape = [6, attributes.group === 2 ? 2 : 4, 3, 3];
    const inputs = [normalized(b, opType, isRight), b.weights('w', shape), b.weights('bias', [6])];
    return b.model(13, b.node('Conv', inputs, { attributes }));
  };
}

describe('foldIntoNextLayer', () => {
  it.each([
    ['Mul', { pads: [1, 1, 1, 1] }],
    ['Mul', { group: 2, pads: [1, 1, 1, 1] }],
    ['Div', { auto_pad: 'SAME_UPPER' }],
    ['Add', {}],
    ['Add', { group: 2 }],
    ['Sub', { auto_pad: 'VALID' }],
    ['BatchNormalization', { strides: [2, 2] }],
  ])('folds %s into a convolution of %j', async (opType, attributes) => {
    const model = await rewriteBy(foldIntoNextLayer, convolved(opType, attributes)(new GraphBuilder()), 1);
    expect(operatorsOf(model)).toEqual(['Conv']);
  });

  it('folds c − x', async () => {
    const model = convolved('Sub', {}, true)(new GraphBuilder());
    expect(operatorsOf(await rewriteBy(foldIntoNextLayer, model, 1))).toEqual(['Conv']);
  });

  it.each([{}, { group: 2 }])('folds a factor into a transposed convolution of %j', async (attributes) => {
    const b = new GraphBuilder();
    const inputs = [normalized(b, 'Mul'), b.weights('w', [4, 3, 2, 2])];
    const model = b.model(13, b.node('ConvTranspose', inputs, { attributes }));
    expect(operatorsOf(await rewriteBy(foldIntoNextLayer, model, 1))).toEqual(['ConvTranspose']);
  });

  it.each(['Mul', 'Sub'])('folds %s into a product of matrices', async (opType) => {
    const b = new GraphBuilder();
    const x = b.node(opType, [b.input('x', [2, 3]), b.weights('c', [3])]);
    const model = b.model(13, b.node('MatMul', [x, b.weights('w', [3, 4])]));
    const left = opType === 'Sub' ? ['Gemm'] : ['MatMul'];
    expect(operatorsOf(await rewriteBy(foldIntoNextLayer, model, 1))).toEqual(left);
  });

  it.each([0, 1])('folds into a Gemm with transB = %i', async (transB) => {
    const b = new GraphBuilder();
    const x = b.node('Add', [b.input('x', [2, 3]), b.weights('c', [1, 3])]);
    const inputs = [x, b.weights('w', transB ? [4, 3] : [3, 4]), b.weights('bias', [4])];
    const model = b.model(13, b.node('Gemm', inputs, { attributes: { transB } }));
    expect(operatorsOf(await rewriteBy(foldIntoNextLayer, model, 1))).toEqual(['Gemm']);
  });

  const refusals: Record<string, (b: GraphBuilder) => Model> = {
    'a shift in front of padding': convolved('Add', { pads: [1, 1, 1, 1] }),
    'a shift in front of automatic padding': convolved('BatchNormalization', { auto_pad: 'SAME_UPPER' }),
    'c / x': convolved('Div', {}, true),
    'a shift in front of a transposed convolution': (b) =>
      b.model(13, b.node('ConvTranspose', [normalized(b, 'Add'), b.weights('w', [4, 3, 2, 2])])),
    'what two layers read': (b) => {
      const x = normalized(b, 'Mul');
      const layer = (name: string) => b.node('Conv', [x, b.weights(name, [3, 4, 1, 1])]);
      return b.model(13, layer('v'), layer('w'));
    },
    'what is an output': (b) => {
      const x = normalized(b, 'Mul');
      return b.model(13, x, b.node('Conv', [x, b.weights('w', [3, 4, 1, 1])]));
    },
    'one number a position': (b) => {
      const x = b.node('Mul', [b.input('x', [1, 4, 5, 5]), b.weights('c', [5])]);
      return b.model(13, b.node('Conv', [x, b.weights('w', [3, 4, 1, 1])]));
    },
    'a constant that broadcasts the data': (b) => {
      const x = b.node('Mul', [b.input('x', [1, 1, 5, 5]), b.weights('c', [4, 1, 1])]);
      return b.model(13, b.node('Conv', [x, b.weights('w', [3, 4, 1, 1])]));
    },
    'the rows of a transposed A': (b) => {
      const x = b.node('Mul', [b.input('x', [3, 3]), b.weights('c', [3])]);
      return b.model(13, b.node('Gemm', [x, b.weights('w', [3, 4])], { attributes: { transA: 1 } }));
    },
    'a shift in front of a product of rank 3': (b) => {
      const x = b.node('Add', [b.input('x', [2, 2, 3]), b.weights('c', [3])]);
      return b.model(13, b.node('MatMul', [x, b.weights('w', [3, 4])]));
    },
  };
  it.each(Object.entries(refusals))('leaves %s alone', async (_, build) =>
    expectRefusedBy(foldIntoNextLayer, build(new GraphBuilder())),
  );
});
