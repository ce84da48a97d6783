import { describe, expect, it } from 'vitest';
import type { Model } from '../../../onnx/ir/model.ts';
import { ortNode } from '../../../runtime/ort-node.ts';
import { targets } from '../../../targets/index.generated.ts';
import { type Attributes, float, GraphBuilder } from '../../../testing/build-graph.ts';
import { quantizeDynamically } from '../../../testing/quantize-dynamically.ts';
import { optimizedOperators, runOptimized } from '../../../testing/quantize-graph.ts';
import { randomFeeds } from '../../../testing/random-feeds.ts';
import { runModel } from '../../../testing/run-model.ts';
import { f32 } from '../../../testing/tensors.ts';
import { worstSqnr } from '../../../testing/worst-sqnr.ts';
import { int8 } from '../../formats/int8.ts';
import { DynamicQuantizer } from '../dynamic-quantizer.ts';

const runner = await ortNode();
const [STEPS, BATCH, INPUT, HIDDEN] = [12, 2, 40, 64];

interface Parts {
  readonly directions?: number;
  readonly attributes?: Attributes;
  readonly lengths?: boolean;
  readonly states?: boolean;
  readonly peepholes?: boolean;
  readonly type?: string;
}

function net({ directions = 1, attributes, lengths, states, peepholes, type = 'LSTM' }: Parts): Model {
  const b = new GraphBuilder();
  const gates = { LSTM: 4, GRU: 3, RNN: 1 }[type] ?? 0;
  const constant = (name: string, shape: readonly number[], scale: number) =>
    b.constant(name, f32(shape, name, scale));
  const x = b.input('x', [STEPS, BATCH, INPUT]);
  const state = [directions, BATCH, HIDDEN];
  const all = [
    x,
    constant('w', [directions, gates * HIDDEN, INPUT], INPUT ** -0.5),
    constant('r', [directions, gates * HIDDEN, HIDDEN], HIDDEN ** -0.5),
    constant('b', [directions, 2 * gates * HIDDEN], 0.1),
    lengths ? b.constant('lengths', { dtype: 'int32', shape: [2], data: Int32Array.of(12, 5) }) : undefined,
    states ? b.input('h', state) : undefined,
    states ? b.input('c', state) : undefined,
    peepholes ? constant('p', [directions, 3 * HIDDEN], 0.3) : undefined,
  ];
  const inputs = type === 'LSTM' ? all : all.slice(0, 4);
  const direction = directions === 2 ? { direction: 'bidirectional' } : {};
  const outputs = type === 'LSTM' ? ['y', 'last', 'cell'] : ['y', 'last'];
  const node = b.nodeOf(type, inputs, {
    name: 'layer',
    attributes: { hidden_size: HIDDEN, ...direction, ...attributes },
    outputs,
  });
  return b.model(14, ...node.outputs.filter((value) => value !== undefined));
}

describe('recurrence', () => {
  it.each<[string, Parts]>([
    ['one way', {}],
    ['backwards', { attributes: { direction: 'reverse' } }],
    ['both ways', { directions: 2 }],
    ['with lengths and states', { directions: 2, lengths: true, states: true }],
    ['with peepholes', { peepholes: true }],
    ['with clipping and coupled gates', { attributes: { clip: float(0.5), input_forget: 1 } }],
    ['of batches behind steps', { attributes: { layout: 0 } }],
  ])('LSTM %s', async (_, parts) => {
    const model = net(parts);
    const { model: quantized, layers } = await quantizeDynamically(runner, model);
    const feeds = randomFeeds(model);
    const results = await runOptimized(runner, quantized, feeds);
    expect(worstSqnr(results, await runModel(runner, model, feeds))).toBeGreaterThan(30);
    expect(await optimizedOperators(runner, quantized)).toEqual({ DynamicQuantizeLSTM: 1 });
    expect(layers).toMatchObject([{ name: 'layer', opType: 'LSTM', state: 'quantized' }]);
    expect(layers[0].weightSqnrDb).toBeGreaterThan(40);
    expect(quantized.opsetImports.get('com.microsoft')).toBe(1);
  });

  it('takes one scale a direction', async () => {
    const model = net({ directions: 2 });
    const { model: quantized } = await quantizeDynamically(runner, model, { granularity: 'tensor' });
    const scales = [...quantized.graph.initializers].filter(({ name }) => name.endsWith('/s'));
    expect(scales.map(({ initializer }) => initializer?.shape)).toEqual([[2], [2]]);
    const feeds = randomFeeds(model);
    const results = await runOptimized(runner, quantized, feeds);
    expect(worstSqnr(results, await runModel(runner, model, feeds))).toBeGreaterThan(28);
  });

  it.each(['GRU', 'RNN'])('%s keeps its weights in 8 bits and computes in float', async (type) => {
    const model = net({ type, directions: 2 });
    const { model: quantized, layers } = await quantizeDynamically(runner, model);
    expect(layers).toMatchObject([{ state: 'stored', reason: expect.stringContaining('stored as int8') }]);
    const feeds = randomFeeds(model);
    const results = await runOptimized(runner, quantized, feeds);
    expect(worstSqnr(results, await runModel(runner, model, feeds))).toBeGreaterThan(38);
    // The engine folds the decoding when it loads the model.
    expect(await optimizedOperators(runner, quantized)).toEqual({ [type]: 1 });
  });

  it('small ones stay in float', async () => {
    const b = new GraphBuilder();
    const inputs = [b.input('x', [4, 1, 16]), b.weights('w', [1, 64, 16]), b.weights('r', [1, 64, 16])];
    const model = b.model(14, b.node('LSTM', inputs, { attributes: { hidden_size: 16 } }));
    const { layers } = await quantizeDynamically(runner, model);
    expect(layers[0].reason).toBe('too small to gain by integers; its weights are stored as int8');
  });

  it('batches in front stay in float', async () => {
    // ONNX Runtime does not even load such a model.
    const [layer] = await new DynamicQuantizer(net({ attributes: { layout: 1 } }), {
      target: targets['x64-vnni'],
      weights: int8,
      granularity: 'channel',
      reduceRange: false,
      include: [],
      exclude: [],
    }).describe();
    expect(layer.reason).toContain('batches come first in it');
  });
});
