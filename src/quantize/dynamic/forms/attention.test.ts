import { describe, expect, it } from 'vitest';
import { ortNode } from '../../../runtime/ort-node.ts';
import { type Attributes, float, GraphBuilder } from '../../../testing/build-graph.ts';
import { quantizeDynamically } from '../../../testing/quantize-dynamically.ts';
import { optimizedOperators, runOptimized } from '../../../testing/quantize-graph.ts';
import { randomFeeds } from '../../../testing/random-feeds.ts';
import { runModel } from '../../../testing/run-model.ts';
import { f32 } from '../../../testing/tensors.ts';
import { worstSqnr } from '../../../testing/worst-sqnr.ts';

const runner = await ortNode();
const WIDTH = 64;

function net(attributes: Attributes = {}, { mask = false, past = false, bias = true } = {}) {
  const b = new GraphBuilder();
  const inputs = [
    b.input('x', [2, 16, WIDTH]),
    b.constant('w', f32([WIDTH, 3 * WIDTH], 'w', WIDTH ** -0.5)),
    bias ? b.constant('b', f32([3 * WIDTH], 'b', 0.1)) : undefined,
    mask ? b.constant('mask', { dtype: 'int32', shape: [2], data: Int32Array.of(16, 9) }) : undefined,
    past ? b.input('past', [2, 2, 4, 3, WIDTH / 4]) : undefined,
  ];
  const node = b.nodeOf('Attention', inputs, {
    domain: 'com.microsoft',
    attributes: { num_heads: 4, ...attributes },
    outputs: past ? ['y', 'present'] : ['y'],
  });
  const model = b.model(14, ...node.outputs.filter((value) => value !== undefined));
  model.opsetImports.set('com.microsoft', 1);
  return model;
}

describe('attention', () => {
  it.each([
    ['plain', net()],
    ['masked', net({}, { mask: true })],
    ['one way, with a past', net({ unidirectional: 1 }, { past: true })],
  ])('%s', async (_, model) => {
    const { model: quantized, layers } = await quantizeDynamically(runner, model);
    expect(layers).toMatchObject([{ opType: 'Attention', state: 'quantized' }]);
    expect(await optimizedOperators(runner, quantized)).toEqual({ DynamicQuantizeLinear: 1, QAttention: 1 });
    const feeds = randomFeeds(model);
    const results = await runOptimized(runner, quantized, feeds);
    expect(worstSqnr(results, await runModel(runner, model, feeds))).toBeGreaterThan(33);
  });

  it.each([
    ['without a bias', net({}, { bias: false }), 'it has no bias'],
    ['with rotary positions', net({ do_rotary: 1 }), 'no attribute do_rotary'],
  ])('%s stays in float', async (_, model, reason) => {
    const { layers } = await quantizeDynamically(runner, model);
    expect(layers).toMatchObject([{ state: 'stored', reason: expect.stringContaining(reason) }]);
  });

  it('keeps the scale of scores', async () => {
    const model = net({ scale: float(0.7) });
    const { model: quantized } = await quantizeDynamically(runner, model);
    const feeds = randomFeeds(model);
    const results = await runOptimized(runner, quantized, feeds);
    expect(worstSqnr(results, await runModel(runner, model, feeds))).toBeGreaterThan(30);
  });
});
