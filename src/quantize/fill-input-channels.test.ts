import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import type { Target } from '../targets/target.ts';
import { x64 } from '../targets/x64.ts';
import { x64Vnni } from '../targets/x64-vnni.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { expectClose } from '../testing/expect-close.ts';
import { quantizeGraph, runOptimized } from '../testing/quantize-graph.ts';
import { randomFeeds } from '../testing/random-feeds.ts';
import { addNamedConv } from '../testing/small-nets.ts';

const runner = await ortNode();

function pads({ graph }: Model): number {
  return [...graph.nodes].filter(({ opType }) => opType === 'Pad').length;
}

/** Outputs of the quantized model on unseen data, for a target that fills up and the same one that does not. */
async function withAndWithout(model: Model) {
  const feeds = randomFeeds(model, 7);
  const results = [];
  for (const target of ['x64-vnni', 'x64'] as const) {
    // 7-bit weights on both, so that filling is all they differ in.
    const quantized = await quantizeGraph(runner, model, { target, reduceRange: true });
    results.push({
      outputs: await runOptimized(runner, quantized.model, feeds),
      pads: pads(quantized.model),
    });
  }
  return results;
}

describe('fillInputChannels', () => {
  it('is what sets the two targets of this test apart', () => {
    const facts = ({ name, summary, reduceRange, kernels, ...rest }: Target) => ({
      ...rest,
      kernels: {
        ...kernels,
        Conv: { ...kernels.Conv, inputChannelMultiple: 0, minOutputChannels: 0 },
        // Products of two activations, of which these nets have none.
        MatMul: { ...kernels.MatMul, dataProducts: undefined },
      },
    });
    expect(facts(x64)).toEqual(facts(x64Vnni));
    expect(x64Vnni.kernels.Conv.inputChannelMultiple).toBe(4);
    expect(x64.kernels.Conv.inputChannelMultiple).toBeUndefined();
  });

  it.each([
    ['3 → 4', 3, 1],
    ['1 → 4', 1, 1],
    ['5 → 8', 5, 1],
    ['4 as they are', 4, 0],
    ['18 as they are: the gain would be small', 18, 0],
  ])('%s channels: the same results bit for bit', async (_, channels, expectedPads) => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, channels, 7, 7]);
    const [filled, plain] = await withAndWithout(b.model(13, addNamedConv(b, 'conv', x, [channels, 16])));
    expect([filled.pads, plain.pads]).toEqual([expectedPads, 0]);
    expectClose(filled.outputs, plain.outputs, 0);
  });

  it('one filled input serves all its readers', async () => {
    const b = new GraphBuilder();
    const x = b.input('x', [1, 3, 7, 7]);
    const outputs = ['a', 'c', 'd'].map((name) => addNamedConv(b, name, x, [3, 16]));
    const [filled, plain] = await withAndWithout(b.model(13, ...outputs));
    expect(filled.pads).toBe(1);
    expectClose(filled.outputs, plain.outputs, 0);
  });

  it('inside the net, where another reader wants the value as it is', async () => {
    const b = new GraphBuilder();
    const x = addNamedConv(b, 'stem', b.input('x', [1, 4, 7, 7]), [4, 3]);
    const wide = addNamedConv(b, 'a', x, [3, 16]);
    const sum = b.node('Add', [x, addNamedConv(b, 'c', wide, [16, 3])]);
    const [filled, plain] = await withAndWithout(b.model(13, addNamedConv(b, 'd', sum, [3, 16])));
    expect(filled.pads).toBe(2);
    expectClose(filled.outputs, plain.outputs, 0);
  });

  it('1-D and 3-D', async () => {
    for (const spatial of [[9], [4, 4, 4]]) {
      const b = new GraphBuilder();
      const kernel = spatial.map(() => 3);
      const x = b.input('x', [1, 3, ...spatial]);
      const y = b.node('Conv', [x, b.weights('w', [16, 3, ...kernel])], { name: 'conv' });
      const [filled, plain] = await withAndWithout(b.model(13, y));
      expect(filled.pads).toBe(1);
      expectClose(filled.outputs, plain.outputs, 0);
    }
  });

  it('not for few output channels, which the fast kernel does not take', async () => {
    const b = new GraphBuilder();
    const conv = addNamedConv(b, 'conv', b.input('x', [1, 3, 7, 7]), [3, 8]);
    expect((await withAndWithout(b.model(13, conv)))[0].pads).toBe(0);
  });

  it.each([
    ['depthwise', 3],
    ['grouped', 1],
  ])('not %s: groups have channels of their own', async (kind, group) => {
    const b = new GraphBuilder();
    const channels = kind === 'grouped' ? 6 : 3;
    const x = b.input('x', [1, channels, 7, 7]);
    const attributes = { group: kind === 'grouped' ? 2 : group };
    const model = b.model(13, addNamedConv(b, 'conv', x, [channels, 6], { attributes }));
    expect((await withAndWithout(model))[0].pads).toBe(0);
  });
});
