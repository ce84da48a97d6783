import { describe, expect, it } from 'vitest';
import { x64Vnni } from '../targets/x64-vnni.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { addNamedConv } from '../testing/small-nets.ts';
import { addRelevanceTaps } from './add-relevance-taps.ts';
import { planOf } from './plan-of.ts';

/** max(0, a(x) + b(x)) with `behind` applied to the sum instead of Relu. */
async function tapsOf(
  behind: (b: GraphBuilder, sum: ReturnType<GraphBuilder['node']>) => ReturnType<GraphBuilder['node']>,
) {
  const b = new GraphBuilder();
  const x = b.input('x', [1, 4, 7, 7]);
  const sum = b.node('Add', [addNamedConv(b, 'a', x, [4, 4]), addNamedConv(b, 'c', x, [4, 4])]);
  const model = b.model(13, addNamedConv(b, 'd', behind(b, sum), [4, 4]));
  const taps = await addRelevanceTaps(model.graph, await planOf(model, x64Vnni));
  return [...taps].map(([tap, { name, partner }]) => ({
    tap: tap.producer?.opType,
    name,
    partner: partner.name,
  }));
}

describe('addRelevanceTaps', () => {
  it('observes each operand of a sum behind which a Relu stands where the sum is above 0', async () => {
    const taps = await tapsOf((b, sum) => b.node('Relu', [sum]));
    expect(taps).toHaveLength(2);
    expect(taps[0]).toMatchObject({ tap: 'Where', name: taps[1].partner, partner: taps[1].name });
  });

  it('leaves a sum alone that is read unclamped', async () => {
    expect(await tapsOf((b, sum) => b.node('Sigmoid', [sum]))).toEqual([]);
  });

  it('leaves a sum alone that somebody else reads as well', async () => {
    expect(await tapsOf((b, sum) => b.node('Add', [b.node('Relu', [sum]), sum]))).toEqual([]);
  });
});
