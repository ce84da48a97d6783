import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import { addConv } from '../testing/add-conv.ts';
import { type Attributes, GraphBuilder } from '../testing/build-graph.ts';
import { expectRefusedBy, operatorsOf, rewriteBy } from '../testing/rewrite-by.ts';
import { floats, int64 } from '../testing/tensors.ts';
import { absorbedNames } from './absorb.ts';
import { foldPad } from './fold-pad.ts';

describe('foldPad', () => {
  const withPad =
    (
      pads: readonly number[],
      padAttributes: Attributes = {},
      convAttributes: Attributes = {},
      fill?: number,
    ) =>
    (b: GraphBuilder) => {
      const value = fill === undefined ? undefined : b.constant('fill', floats([], [fill]));
      const inputs = [b.input('x', [1, 2, 5, 5]), b.constant('pads', int64(pads)), value];
      const padded = b.node('Pad', inputs, { name: 'pad', attributes: padAttributes });
      return b.model(13, addConv(b, convAttributes, padded));
    };
  const spatial = [0, 0, 1, 2, 0, 0, 3, 0];

  it.each([
    ['', {}, [1, 2, 3, 0]],
    [' with pads of its own', { pads: [1, 1, 0, 0], strides: [2, 2] }, [2, 3, 3, 0]],
    [' marked VALID', { auto_pad: 'VALID' }, [1, 2, 3, 0]],
    [' that is grouped', { group: 2 }, [1, 2, 3, 0]],
  ])('folds into a convolution%s', async (_, attributes, pads) => {
    const model = await rewriteBy(foldPad, withPad(spatial, {}, attributes, 0)(new GraphBuilder()), 1);
    expect(operatorsOf(model)).toEqual(['Conv']);
    const [layer] = model.graph.nodes;
    expect(layer.ints('pads')).toEqual(pads);
    expect(layer.attributes.has('auto_pad')).toBe(false);
    expect(absorbedNames(layer)).toEqual(['pad']);
  });

  it('folds into two convolutions that read it', async () => {
    const b = new GraphBuilder();
    const padded = b.node('Pad', [b.input('x', [1, 2, 5, 5]), b.constant('pads', int64(spatial))]);
    const model = b.model(13, addConv(b, {}, padded), b.node('Conv', [padded, b.weights('v', [1, 2, 1, 1])]));
    expect(operatorsOf(await rewriteBy(foldPad, model, 1))).toEqual(['Conv', 'Conv']);
  });

  it('folds Pad-2', async () => {
    const b = new GraphBuilder();
    const padded = b.node('Pad', [b.input('x', [1, 2, 5, 5])], { attributes: { pads: spatial } });
    expect(operatorsOf(await rewriteBy(foldPad, b.model(10, addConv(b, {}, padded)), 1))).toEqual(['Conv']);
  });

  const refusals: Record<string, (b: GraphBuilder) => Model> = {
    'a fill that is not zero': withPad(spatial, {}, {}, 1),
    reflection: withPad(spatial, { mode: 'reflect' }),
    cutting: withPad([0, 0, -1, 0, 0, 0, 1, 0]),
    'padded channels': (b) => {
      const padded = b.node('Pad', [
        b.input('x', [1, 1, 5, 5]),
        b.constant('pads', int64([0, 1, 0, 0, 0, 0, 0, 0])),
      ]);
      return b.model(13, addConv(b, {}, padded));
    },
    'a convolution that pads by itself': withPad(spatial, {}, { auto_pad: 'SAME_UPPER' }),
    'a second reader that is none': (b) => {
      const padded = b.node('Pad', [b.input('x', [1, 2, 5, 5]), b.constant('pads', int64(spatial))]);
      return b.model(13, addConv(b, {}, padded), b.node('Relu', [padded]));
    },
    'a padded map that is an output': (b) => {
      const padded = b.node('Pad', [b.input('x', [1, 2, 5, 5]), b.constant('pads', int64(spatial))]);
      return b.model(13, addConv(b, {}, padded), padded);
    },
    'pads that are not constant': (b) => {
      const pads = b.node('Mul', [
        b.input('p', [8], 'int64'),
        b.constant('m', int64([0, 0, 1, 1, 0, 0, 1, 1])),
      ]);
      return b.model(13, addConv(b, {}, b.node('Pad', [b.input('x', [1, 2, 5, 5]), pads])));
    },
    'a kernel that is padded': (b) => {
      const pads = b.constant('pads', int64([0, 0, 1, 1, 0, 0, 1, 1]));
      const kernel = b.node('Pad', [b.weights('w', [1, 2, 1, 1]), pads]);
      return b.model(13, b.node('Conv', [b.input('x', [1, 2, 5, 5]), kernel]));
    },
    'pads given for some axes': (b) => {
      const inputs = [
        b.input('x', [1, 2, 5, 5]),
        b.constant('p', int64([1, 1])),
        undefined,
        b.constant('a', int64([2])),
      ];
      return b.model(18, addConv(b, {}, b.node('Pad', inputs)));
    },
  };
  it.each(Object.entries(refusals))('leaves %s alone', async (_, build) =>
    expectRefusedBy(foldPad, build(new GraphBuilder())),
  );
});
