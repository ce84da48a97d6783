import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import { modelToBytes } from '../onnx/write/write-model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { ErrorStatistics } from '../tensor/error-statistics.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { optimizedOperators, quantizeGraph, runOptimized } from '../testing/quantize-graph.ts';
import { randomFeeds } from '../testing/random-feeds.ts';
import { addNamedConv, addRelu } from '../testing/small-nets.ts';
import { FASTER_IN_FLOAT } from './float-reasons.ts';

const runner = await ortNode();
const same = [16, 16] as const;

/** Three layers behind one another, and a transposed one, for which there is no integer kernel. */
function net(): Model {
  const b = new GraphBuilder();
  const a = addRelu(b, 'relu', addNamedConv(b, 'a', b.input('x', [1, 16, 6, 6]), same));
  const c = addNamedConv(b, 'c', addNamedConv(b, 'b', a, same), same);
  const inputs = [c, b.weights('d.w', [16, 16, 3, 3])];
  return b.model(13, b.node('ConvTranspose', inputs, { name: 'd', outputs: ['y'] }));
}

const states = (layers: readonly { name: string; state: string }[]) =>
  Object.fromEntries(layers.map(({ name, state }) => [name, state]));

describe('weights of layers the engine computes in float', () => {
  it('are stored where it is for speed, and where there is no kernel', async () => {
    const result = await quantizeGraph(runner, net(), { floatLayers: { b: FASTER_IN_FLOAT } });
    expect(states(result.layers)).toEqual({ a: 'quantized', b: 'stored', c: 'quantized', d: 'stored' });
    expect(result.layers[1]).toMatchObject({ reason: FASTER_IN_FLOAT, weightSqnrDb: expect.any(Number) });
    expect(result.resolved.floatWeights).toBe('int8');
    // The guard against the engine's own quantization holds with decoded weights.
    expect(result.warnings.map(({ code, where }) => [code, where])).toEqual([['guarded', 'b']]);
    const exact = await quantizeGraph(runner, net(), {
      floatLayers: { b: FASTER_IN_FLOAT },
      floatWeights: 'float32',
    });
    expect(await optimizedOperators(runner, result.model)).toEqual(
      await optimizedOperators(runner, exact.model),
    );
    const [small, large] = [await modelToBytes(result.model), await modelToBytes(exact.model)];
    expect(small.length).toBeLessThan(large.length - 2 * 2 * 16 * 16 * 9);
    const feeds = randomFeeds(net());
    const errors = new ErrorStatistics();
    const [y, z] = [
      await runOptimized(runner, exact.model, feeds),
      await runOptimized(runner, result.model, feeds),
    ];
    errors.add(y.y.data as Float32Array, z.y.data as Float32Array);
    expect(errors.sqnrDb).toBeGreaterThan(33);
  });

  it('stay exact where the user, or a limit on the loss, wants them so', async () => {
    const result = await quantizeGraph(runner, net(), {
      exclude: ['d'],
      floatLayers: { b: 'left in float for --max-drop 1' },
    });
    expect(states(result.layers)).toEqual({ a: 'quantized', b: 'float', c: 'quantized', d: 'float' });
    const names = [...result.model.graph.initializers].map(({ name }) => name);
    expect(names).toContain('b.w');
    expect(names).toContain('d.w');
  });

  it('take the format asked for', async () => {
    const dtypes = async (floatWeights: 'float16' | 'int4' | 'float32') => {
      const { model } = await quantizeGraph(runner, net(), { floatWeights });
      const stored = [...model.graph.initializers].filter(({ name }) => /^d\.w(\/[qh])?$/.test(name));
      return stored.map(({ initializer }) => initializer?.dtype);
    };
    expect(await dtypes('float16')).toEqual(['float16']);
    expect(await dtypes('int4')).toEqual(['int4']);
    expect(await dtypes('float32')).toEqual(['float']);
  });
});
