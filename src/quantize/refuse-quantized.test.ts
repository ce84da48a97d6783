import { describe, expect, it } from 'vitest';
import { cloneModel } from '../onnx/clone-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { quantizeGraph } from '../testing/quantize-graph.ts';
import { refuseQuantized } from './refuse-quantized.ts';

const runner = await ortNode();

function product() {
  const b = new GraphBuilder();
  const y = b.node('MatMul', [b.input('x', [1, 64]), b.weights('w', [64, 64])], { name: 'product' });
  return b.model(13, b.node('Relu', [y]));
}

describe('refuseQuantized', () => {
  it('lets float models pass', () => expect(() => refuseQuantized(product())).not.toThrow());

  it('lets weights stored in half precision pass: they are float weights still', async () => {
    const { model } = await quantizeGraph(runner, product(), {
      observer: 'mse',
      mode: 'weights',
      weights: 'float16',
    });
    const { layers } = await quantizeGraph(runner, model);
    expect(layers.map(({ name, state }) => [name, state])).toEqual([['product', 'quantized']]);
  });

  it.each([
    { mode: 'static' },
    { mode: 'weights', weights: 'int8' },
    { mode: 'weights', weights: 'int4', blockKernels: 'always' },
    { mode: 'weights', weights: 'int4', blockKernels: 'never' },
  ] as const)('refuses what pare made by %j, in every mode', async (options) => {
    const { model } = await quantizeGraph(runner, product(), { observer: 'mse', ...options });
    for (const mode of ['static', 'dynamic', 'weights'] as const)
      await expect(quantizeGraph(runner, cloneModel(model), { observer: 'mse', mode })).rejects.toMatchObject(
        {
          code: 'already-quantized',
        },
      );
  });
});
