import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import type { Dimension } from '../onnx/ir/type.ts';
import { type Attributes, GraphBuilder } from '../testing/build-graph.ts';
import { expectRefusedBy, rewriteBy } from '../testing/rewrite-by.ts';
import { int64 } from '../testing/tensors.ts';
import { fixReshapeTargets } from './fix-reshape-targets.ts';
import { integersOf } from './integers-of.ts';

/** Reshape of x to lengths, of which texts ('0', '1' …) are those of x's axes, reckoned when the model runs. */
function reshape(from: readonly Dimension[], to: readonly (number | string)[], attributes: Attributes = {}) {
  return (b: GraphBuilder): Model => {
    const x = b.input('x', from);
    const parts = to.map((length, i) => {
      if (typeof length === 'number') return b.constant(`k${i}`, int64([length]));
      return b.node('Gather', [b.node('Shape', [x]), b.constant(`a${i}`, int64([Number(length)]))]);
    });
    const shape = b.node('Concat', parts, { attributes: { axis: 0 } });
    return b.model(14, b.node('Reshape', [x, shape], { attributes }));
  };
}

describe('fixReshapeTargets', () => {
  it.each<[string, ReturnType<typeof reshape>, number[]]>([
    ['one open length', reshape(['n', 6], ['0', 2, 3]), [-1, 2, 3]],
    ['one open length, without copies', reshape(['n', 6], [3, '0', 2], { allowzero: 1 }), [3, -1, 2]],
    ['a copied length beside −1', reshape(['n', 2, 3], ['0', -1]), [0, -1]],
    ['two copied lengths', reshape(['n', 'm', 4], ['0', '1', 2, 2]), [0, 0, 2, 2]],
  ])('writes %s', async (_, build, target) => {
    const model = await rewriteBy(fixReshapeTargets, build(new GraphBuilder()), 1);
    expect(await integersOf([...model.graph.nodes].at(-1)?.inputs[1])).toEqual(target);
  });

  it.each<[string, ReturnType<typeof reshape>]>([
    ['a length copied from another axis beside −1', reshape(['n', 2, 3], [-1, '0'])],
    ['two lengths that change places', reshape(['n', 'm'], ['1', '0'])],
    ['copies where 0 means 0', reshape(['n', 'm', 4], ['0', '1', 2, 2], { allowzero: 1 })],
  ])('leaves %s alone', async (_, build) => expectRefusedBy(fixReshapeTargets, build(new GraphBuilder())));
});
