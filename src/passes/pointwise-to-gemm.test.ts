import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { type Attributes, GraphBuilder } from '../testing/build-graph.ts';
import { expectRefusedBy, operatorsOf, rewriteBy } from '../testing/rewrite-by.ts';
import { absorbedNames } from './absorb.ts';
import { pointwiseToGemm } from './pointwise-to-gemm.ts';

describe('pointwiseToGemm', () => {
  const classifier =
    (
      { map = 1, kernel = 1, bias = true, opset = 13, stated = false } = {},
      attributes: Attributes = {},
      axis = 1,
    ) =>
    (b: GraphBuilder) => {
      const x = stated
        ? b.node('Foo', [b.input('x', [1, 2, map, map])], { domain: 'mine' })
        : b.input('x', [1, 2, map, map]);
      const inputs = [x, b.weights('w', [3, 2, kernel, kernel]), bias ? b.weights('c', [3]) : undefined];
      const y = b.node('Conv', inputs, { name: 'conv', attributes });
      return b.model(opset, b.node('Flatten', [y], { name: 'flatten', attributes: { axis } }));
    };

  it.each([true, false])('with a bias: %s', async (bias) => {
    const model = await rewriteBy(pointwiseToGemm, classifier({ bias })(new GraphBuilder()), 1);
    expect(operatorsOf(model)).toEqual(['Flatten', 'Gemm']);
    expect(absorbedNames([...model.graph.nodes][1])).toEqual(['flatten']);
  });

  it('behind a global average of a map of unknown size', async () => {
    const b = new GraphBuilder();
    const pooled = b.node('GlobalAveragePool', [b.input('x', ['n', 2, 'h', 'w'])]);
    const y = b.node('Conv', [pooled, b.weights('w', [3, 2, 1, 1])]);
    const model = await rewriteBy(pointwiseToGemm, b.model(13, b.node('Flatten', [y])), 1);
    expect(operatorsOf(model)).toEqual(['GlobalAveragePool', 'Flatten', 'Gemm']);
  });

  it.each<[string, (b: GraphBuilder) => Model]>([
    ['a larger map', classifier({ map: 2 })],
    ['a larger kernel', classifier({ map: 3, kernel: 3 })],
    ['padding', classifier({}, { pads: [0, 0, 1, 1] })],
    ['another axis', classifier({}, {}, 2)],
    ['an operator set whose Gemm needs a bias', classifier({ bias: false, opset: 9 })],
  ])('leaves %s alone', async (_, build) => expectRefusedBy(pointwiseToGemm, build(new GraphBuilder())));

  it('does not believe what the file states about a map', async () => {
    const b = new GraphBuilder();
    const model = classifier({ stated: true })(b);
    const [foo] = model.graph.nodes;
    foo.output.type = { kind: 'tensor', dtype: 'float', shape: [1, 2, 1, 1] };
    expect(await pointwiseToGemm.run(model, { runner: await ortNode() })).toBe(0);
  });
});
