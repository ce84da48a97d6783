import { describe, expect, it } from 'vitest';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { GraphBuilder } from '../testing/build-graph.ts';
import { expectClose } from '../testing/expect-close.ts';
import { optimizedOperators, quantizeGraph } from '../testing/quantize-graph.ts';
import { randomFeeds } from '../testing/random-feeds.ts';
import { operatorsOf } from '../testing/rewrite-by.ts';
import { runModel } from '../testing/run-model.ts';
import { addClip, addNamedConv, addRelu } from '../testing/small-nets.ts';
import { int64 } from '../testing/tensors.ts';
import { hoistClamps } from './hoist-clamps.ts';

const runner = await ortNode();

function behindConv(make: (b: GraphBuilder, x: Value) => Value | Value[]): Model {
  const b = new GraphBuilder();
  const made = make(b, addNamedConv(b, 'conv', b.input('x', [1, 2, 6, 6]), [2, 4]));
  return b.model(13, ...(Array.isArray(made) ? made : [made]));
}

/** Operators afterwards; the outputs must stay bit for bit. */
async function hoisted(model: Model, count: number): Promise<string[]> {
  const feeds = randomFeeds(model);
  const before = await runModel(runner, model, feeds);
  const copy = cloneModel(model);
  expect(hoistClamps(copy.graph)).toBe(count);
  expectClose(await runModel(runner, copy, feeds), before, 0);
  expect(hoistClamps(copy.graph)).toBe(0);
  return operatorsOf(copy);
}

const pool = { kernel_shape: [2, 2] };
const maxPool = (b: GraphBuilder, x: Value) => b.node('MaxPool', [x], { attributes: pool });

describe('hoistClamps', () => {
  it('conv → pool → relu becomes conv → relu → pool', async () => {
    const model = behindConv((b, x) => addRelu(b, 'relu', maxPool(b, x)));
    expect(await hoisted(model, 1)).toEqual(['Conv', 'Relu', 'MaxPool']);
  });

  it('over several movers', async () => {
    const model = behindConv((b, x) => {
      const flat = b.node('Reshape', [maxPool(b, x), b.constant('shape', int64([1, -1]))]);
      return addClip(b, 'clip', flat, 0.5, 6);
    });
    expect(await hoisted(model, 1)).toEqual(['Conv', 'Clip', 'MaxPool', 'Reshape']);
  });

  it.each([
    ['behind no mover', (b: GraphBuilder, x: Value) => addRelu(b, 'r', x), ['Conv', 'Relu']],
    [
      'behind what fills in values',
      (b: GraphBuilder, x: Value) =>
        addClip(b, 'r', b.node('Pad', [x, b.constant('p', int64([0, 0, 1, 1, 0, 0, 1, 1]))]), 1, 2),
      ['Conv', 'Pad', 'Clip'],
    ],
    [
      'behind an average, which is no selection',
      (b: GraphBuilder, x: Value) => addRelu(b, 'r', b.node('AveragePool', [x], { attributes: pool })),
      ['Conv', 'AveragePool', 'Relu'],
    ],
    [
      'where the mover has another reader',
      (b: GraphBuilder, x: Value) => {
        const p = maxPool(b, x);
        return b.node('Add', [p, addRelu(b, 'r', p)]);
      },
      ['Conv', 'MaxPool', 'Relu', 'Add'],
    ],
    [
      'where the layer has another reader',
      (b: GraphBuilder, x: Value) => [addRelu(b, 'r', maxPool(b, x)), b.node('Exp', [x])],
      ['Conv', 'MaxPool', 'Relu', 'Exp'],
    ],
    [
      'where the layer makes an output',
      (b: GraphBuilder, x: Value) => [addRelu(b, 'r', maxPool(b, x)), x],
      ['Conv', 'MaxPool', 'Relu'],
    ],
    [
      'where no layer is in front',
      (b: GraphBuilder, x: Value) => addRelu(b, 'r', maxPool(b, b.node('Exp', [x]))),
      ['Conv', 'Exp', 'MaxPool', 'Relu'],
    ],
  ])('not %s', async (_, make, expected) => {
    expect(await hoisted(behindConv(make), 0)).toEqual(expected);
  });

  it('lets the engine compute the whole in integers', async () => {
    const b = new GraphBuilder();
    const first = addNamedConv(b, 'conv', b.input('x', [1, 4, 6, 6]), [4, 4]);
    const last = addNamedConv(b, 'last', addRelu(b, 'relu', maxPool(b, first)), [4, 4]);
    const { model, layers } = await quantizeGraph(runner, b.model(13, last));
    expect(layers.map(({ state }) => state)).toEqual(['quantized', 'pass', 'quantized']);
    expect(await optimizedOperators(runner, model)).toEqual({
      QuantizeLinear: 1,
      QLinearConv: 2,
      MaxPool: 1,
      DequantizeLinear: 1,
    });
  });
});
