import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { addConv } from '../testing/add-conv.ts';
import { type Attributes, float, GraphBuilder } from '../testing/build-graph.ts';
import { expectRefusedBy, operatorsOf, rewriteBy } from '../testing/rewrite-by.ts';
import { floats } from '../testing/tensors.ts';
import { absorbedNames } from './absorb.ts';
import { foldBatchNormalization } from './fold-batch-normalization.ts';

function norm(b: GraphBuilder, x: Value, channels = 4, attributes: Attributes = {}): Value {
  const parameters = ['gamma', 'beta', 'mean'].map((name) => b.weights(name, [channels]));
  const spread = Array.from({ length: channels }, (_, c) => 0.1 + c);
  const variance = b.constant('variance', floats([channels], spread));
  return b.node('BatchNormalization', [x, ...parameters, variance], {
    name: 'bn',
    outputs: ['bn_out'],
    attributes,
  });
}

describe('foldBatchNormalization', () => {
  it.each([
    ['a convolution', {}],
    ['a grouped one', { group: 2 }],
  ])('folds into %s', async (_, attributes) => {
    const b = new GraphBuilder();
    const model = await rewriteBy(foldBatchNormalization, b.model(13, norm(b, addConv(b, attributes))), 1);
    expect(operatorsOf(model)).toEqual(['Conv']);
    const [layer] = model.graph.nodes;
    expect(layer.output.name).toBe('bn_out');
    expect(absorbedNames(layer)).toEqual(['bn']);
  });

  it('folds into a depthwise convolution with a bias, and keeps an own epsilon', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 4, 5, 5]);
    const inputs = [x, b.weights('w', [4, 1, 3, 3]), b.weights('bias', [4])];
    const y = b.node('Conv', inputs, { attributes: { group: 4, pads: [1, 1, 1, 1] } });
    const model = await rewriteBy(
      foldBatchNormalization,
      b.model(13, norm(b, y, 4, { epsilon: float(0.01) })),
      1,
    );
    expect(operatorsOf(model)).toEqual(['Conv']);
  });

  it.each([0, 1])('folds into a Gemm with transB = %i', async (transB) => {
    const b = new GraphBuilder();
    const inputs = [b.input('x', [2, 3]), b.weights('w', transB ? [4, 3] : [3, 4]), b.weights('c', [1, 4])];
    const y = b.node('Gemm', inputs, { attributes: { transB } });
    expect(operatorsOf(await rewriteBy(foldBatchNormalization, b.model(13, norm(b, y)), 1))).toEqual([
      'Gemm',
    ]);
  });

  it('folds weights that two layers share into one of them only', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 2, 5, 5]);
    const w = b.weights('w', [4, 2, 3, 3]);
    const folded = norm(b, b.node('Conv', [x, w]));
    const model = await rewriteBy(foldBatchNormalization, b.model(13, folded, b.node('Conv', [x, w])), 1);
    expect(operatorsOf(model)).toEqual(['Conv', 'Conv']);
  });

  const refusals: Record<string, (b: GraphBuilder) => Model> = {
    'a layer with two readers': (b) => {
      const y = addConv(b);
      return b.model(13, norm(b, y), b.node('Relu', [y]));
    },
    'a layer whose sums are an output': (b) => {
      const y = addConv(b);
      return b.model(13, norm(b, y), y);
    },
    'parameters that are not constant': (b) => {
      const y = addConv(b);
      const gamma = b.input('gamma', [4]);
      const rest = ['beta', 'mean'].map((name) => b.weights(name, [4]));
      const variance = b.constant('variance', floats([4], [1, 2, 3, 4]));
      return b.model(13, b.node('BatchNormalization', [y, gamma, ...rest, variance]));
    },
    'weights that are not constant': (b) => {
      const w = b.input('w', [4, 2, 3, 3]);
      return b.model(13, norm(b, b.node('Conv', [b.input('x', [1, 2, 5, 5]), w])));
    },
    'training mode': (b) => {
      const parameters = ['gamma', 'beta', 'mean'].map((name) => b.weights(name, [4]));
      const variance = b.constant('variance', floats([4], [1, 2, 3, 4]));
      const y = b.node('BatchNormalization', [addConv(b), ...parameters, variance], {
        outputs: ['y', 'running_mean', 'running_var'],
        attributes: { training_mode: 1 },
      });
      return b.model(15, y);
    },
    'alpha that is not 1': (b) => {
      const inputs = [b.input('x', [2, 3]), b.weights('w', [3, 4])];
      return b.model(13, norm(b, b.node('Gemm', inputs, { attributes: { alpha: float(0.5) } })));
    },
    'a bias of one number a row': (b) => {
      const inputs = [b.input('x', [4, 3]), b.weights('w', [3, 4]), b.weights('c', [4, 1])];
      return b.model(13, norm(b, b.node('Gemm', inputs)));
    },
    'an input that is no layer': (b) => b.model(13, norm(b, b.node('Relu', [b.input('x', [1, 4, 5, 5])]))),
    'a layer that comes after an operator without its first output': (b) => {
      const gru = b.nodeOf(
        'GRU',
        [b.input('x', [2, 4, 3]), b.weights('w', [1, 12, 3]), b.weights('r', [1, 12, 4])],
        {
          outputs: ['', 'h'],
          attributes: { hidden_size: 4 },
        },
      );
      const state = gru.outputs[1] as Value;
      return b.model(13, norm(b, state));
    },
  };
  it.each(Object.entries(refusals))('leaves %s alone', async (_, build) =>
    expectRefusedBy(foldBatchNormalization, build(new GraphBuilder())),
  );

  it('leaves a dead channel alone whose factor float32 cannot hold', async () => {
    const b = new GraphBuilder();
    const y = addConv(b);
    const parameters = [floats([4], [1e30, 1, 1, 1]), floats([4], [0, 0, 0, 0]), floats([4], [0, 0, 0, 0])];
    const variance = b.constant('variance', floats([4], [1e-36, 1, 1, 1]));
    const inputs = [y, ...parameters.map((tensor, i) => b.constant(`p${i}`, tensor)), variance];
    const model = b.model(13, b.node('BatchNormalization', inputs, { attributes: { epsilon: float(0) } }));
    expect(await foldBatchNormalization.run(model, { runner: await ortNode() })).toBe(0);
  });
});
