import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { optimizedOperators, quantizeGraph, runOptimized } from '../testing/quantize-graph.ts';
import { addClip, addNamedConv, addRelu } from '../testing/small-nets.ts';
import { sqnrOf } from '../testing/sqnr-of.ts';
import { f32, floats, int64 } from '../testing/tensors.ts';

const runner = await ortNode();
const same = [4, 4] as const;
const feeds = { x: f32([1, 4, 8, 8], 'feeds') };

/** Convolutions of every kind, clamps, sums, and movers with and without kernels for 16 bits. */
function net(): Model {
  const b = new GraphBuilder();
  const first = addRelu(b, 'relu', addNamedConv(b, 'a', b.input('x', [1, 4, 8, 8]), same));
  const depthwise = addClip(b, 'clip', addNamedConv(b, 'g', first, same, { attributes: { group: 4 } }), 0, 6);
  const sum = b.node('Add', [addNamedConv(b, 'c', depthwise, same), first], { name: 'sum' });
  const pooled = b.node('MaxPool', [sum], { name: 'pool', attributes: { kernel_shape: [2, 2] } });
  const pads = b.constant('pads', int64([0, 0, 1, 1, 0, 0, 1, 1]));
  const padded = b.node('Pad', [addNamedConv(b, 'e', pooled, same), pads], {
    name: 'pad',
    attributes: { mode: 'reflect' },
  });
  const turned = b.node('Transpose', [addNamedConv(b, 'f', padded, same)], {
    name: 'turn',
    attributes: { perm: [0, 1, 3, 2] },
  });
  const flat = b.node('Flatten', [addNamedConv(b, 'h', turned, same)], { name: 'flat' });
  return b.model(13, b.node('Gemm', [flat, b.weights('w', [324, 3])], { name: 'head' }));
}

describe.each(['int16', 'uint16'] as const)('activations of %s', (activations) => {
  it('are right to within the rounding of the weights', async () => {
    // Whole numbers of steps: of weights that lose nothing only the activations' errors are seen.
    const b = new GraphBuilder();
    const whole = f32([4, 4, 3, 3], 'w').data.map(
      (x) => Math.trunc(Math.max(-1, Math.min(1, x / 3)) * 127) / 127,
    );
    whole.fill(1, 0, 1).fill(1, 36, 37).fill(1, 72, 73).fill(1, 108, 109);
    const make = (name: string, x: Parameters<typeof addRelu>[2]) =>
      b.node('Conv', [x, b.constant(`${name}.w`, floats([4, 4, 3, 3], Array.from(whole)))], {
        name,
        outputs: [`${name}_out`],
        attributes: { pads: [1, 1, 1, 1] },
      });
    const model = b.model(13, make('second', addRelu(b, 'relu', make('first', b.input('x', [1, 4, 8, 8])))));
    const options = { activations, biasCorrection: false };
    const wide = await quantizeGraph(runner, model, options);
    const narrow = await quantizeGraph(runner, model, { biasCorrection: false });
    const float = await runOptimized(runner, model, feeds);
    const sqnr = sqnrOf(float, await runOptimized(runner, wide.model, feeds));
    // 8 bits more are 48 dB, less what saturates on samples not calibrated on.
    expect(sqnr).toBeGreaterThan(60);
    expect(sqnr - sqnrOf(float, await runOptimized(runner, narrow.model, feeds))).toBeGreaterThan(20);
  });

  it('whole nets load, run and keep their results', async () => {
    const { model, layers, warnings } = await quantizeGraph(runner, net(), { activations });
    expect(model.opset).toBe(21);
    const float = await runOptimized(runner, net(), feeds);
    const narrow = await quantizeGraph(runner, net());
    // What is left are seven layers' weights of 8 bits.
    const sqnr = sqnrOf(float, await runOptimized(runner, model, feeds));
    expect(sqnr).toBeGreaterThan(sqnrOf(float, await runOptimized(runner, narrow.model, feeds)));
    expect(sqnr).toBeGreaterThan(27);
    const reasons = Object.fromEntries(layers.map(({ name, state, reason }) => [name, reason || state]));
    expect(reasons).toMatchObject({
      a: 'quantized',
      pool: `x64-vnni does not move ${activations} codes`,
      pad: `x64-vnni does not move ${activations} codes`,
      turn: 'pass',
      flat: 'pass',
      head: 'quantized',
    });
    // The engine here has no kernels for it, and the report says so once.
    expect(warnings.filter(({ code }) => code !== 'guarded')).toEqual([
      {
        code: 'no-integer-kernel',
        where: activations,
        message: expect.stringContaining('8 of 8 quantized nodes'),
      },
    ]);
    expect(
      Object.keys(await optimizedOperators(runner, model)).filter((name) => name.startsWith('QLinear')),
    ).toEqual([]);
  });

  it('a large bias raises the scale of the weights until it fits 32 bits', async () => {
    const b = new GraphBuilder();
    const w = b.constant('w', f32([4, 4, 1, 1], 'small', 1e-4));
    const bias = b.constant('bias', floats([4], [5000, -5000, 0, 1]));
    const model = b.model(
      13,
      b.node('Conv', [b.input('x', [1, 4, 8, 8]), w, bias], { name: 'conv', outputs: ['y'] }),
    );
    const { model: wide } = await quantizeGraph(runner, model, { activations, biasCorrection: false });
    const float = await runOptimized(runner, model, feeds);
    const integer = await runOptimized(runner, wide, feeds);
    float.y.data.forEach((value, i) => {
      // Were the bias cut at 2³¹ steps, thousands would be missing.
      expect(Math.abs(Number(integer.y.data[i]) - Number(value))).toBeLessThan(0.5);
    });
  });
});

describe('weights of uint8', () => {
  it.each(['channel', 'tensor'] as const)(
    'by %s: integer kernels, near the float model',
    async (granularity) => {
      const { model, warnings } = await quantizeGraph(runner, net(), { weights: 'uint8', granularity });
      expect(warnings.filter(({ code }) => code !== 'guarded')).toEqual([]);
      const operators = await optimizedOperators(runner, model);
      expect([operators.QLinearConv, operators.QGemm]).toEqual([6, 1]);
      const float = await runOptimized(runner, net(), feeds);
      expect(sqnrOf(float, await runOptimized(runner, model, feeds))).toBeGreaterThan(20);
    },
  );
});
