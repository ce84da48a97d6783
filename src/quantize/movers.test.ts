import { describe, expect, it } from 'vitest';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { ops } from '../ops/index.ts';
import { ortNode } from '../runtime/ort-node.ts';
import { targets } from '../targets/index.generated.ts';
import { type Attributes, GraphBuilder } from '../testing/build-graph.ts';
import { datasetOf, optimizedOperators, quantizeGraph, runOptimized } from '../testing/quantize-graph.ts';
import { addNamedConv } from '../testing/small-nets.ts';
import { sqnrOf } from '../testing/sqnr-of.ts';
import { f32, floats, int64 } from '../testing/tensors.ts';

const runner = await ortNode();
const same = [4, 4] as const;
const feeds = { x: f32([1, 4, 8, 8], 'feeds') };

/** Between convolutions "a" and "d", the second a 1×1 one of as many channels as it gets. */
function between(make: (b: GraphBuilder, x: Value) => Value, channels = 4): Model {
  const b = new GraphBuilder();
  const x = addNamedConv(b, 'a', b.input('x', [1, 4, 8, 8]), same);
  return b.model(13, addNamedConv(b, 'd', make(b, x), [channels, 4], { kernel: 1 }));
}

type Constants = (b: GraphBuilder) => (Value | undefined)[];
const nearest = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
const doubled: Constants = (b) => [undefined, b.constant('scales', floats([4], [1, 1, 2, 2]))];

const moved: [string, Attributes, Constants, number][] = [
  ['DepthToSpace', { blocksize: 2 }, () => [], 1],
  ['SpaceToDepth', { blocksize: 2 }, () => [], 16],
  ['Tile', {}, (b) => [b.constant('repeats', int64([1, 2, 1, 1]))], 8],
  ['Expand', {}, (b) => [b.constant('shape', int64([2, 4, 8, 8]))], 4],
  ['Gather', { axis: 1 }, (b) => [b.constant('indices', int64([3, 0, 0]))], 3],
  ['GatherND', {}, (b) => [b.constant('indices', int64([0]))], 4],
  ['Resize', nearest, doubled, 4],
  ['ReduceMax', { axes: [2], keepdims: 1 }, () => [], 4],
  ['ReduceMin', { axes: [2, 3], keepdims: 1 }, () => [], 4],
];

describe.each(moved)('%s %j', (opType, attributes, constants, channels) => {
  const make = () =>
    between((b, x) => {
      const made = b.node(opType, [x, ...constants(b)], { name: 'mover', attributes });
      if (opType !== 'GatherND') return made;
      return b.node('Unsqueeze', [made, b.constant('front', int64([0]))], { name: 'front' });
    }, channels);

  it('moves codes: no Q or DQ beside those at the ends, near the float model', async () => {
    const { model, layers, warnings } = await quantizeGraph(runner, make());
    expect(layers.find(({ name }) => name === 'mover')?.state).toBe('pass');
    expect(warnings).toEqual([]);
    const operators = await optimizedOperators(runner, model);
    expect([operators.QLinearConv, operators.QuantizeLinear, operators.DequantizeLinear]).toEqual([2, 1, 1]);
    const [float, integer] = [
      await runOptimized(runner, make(), feeds),
      await runOptimized(runner, model, feeds),
    ];
    expect(sqnrOf(float, integer)).toBeGreaterThan(20);
  });
});

describe('Split', () => {
  const make = () =>
    between((b, x) => {
      const { outputs } = b.nodeOf('Split', [x, b.constant('parts', int64([1, 3]))], {
        name: 'split',
        outputs: ['one', 'three'],
        attributes: { axis: 1 },
      });
      return b.node('Concat', [outputs[1], outputs[0]], { name: 'swap', attributes: { axis: 1 } });
    });

  it('hands all its outputs on as codes of one grid', async () => {
    const { model, layers } = await quantizeGraph(runner, make());
    expect(layers.map(({ name, state }) => [name, state])).toEqual([
      ['a', 'quantized'],
      ['split', 'pass'],
      ['swap', 'quantized'],
      ['d', 'quantized'],
    ]);
    const operators = await optimizedOperators(runner, model);
    expect([operators.QLinearConv, operators.QLinearConcat, operators.QuantizeLinear]).toEqual([2, 1, 1]);
    const [float, integer] = [
      await runOptimized(runner, make(), feeds),
      await runOptimized(runner, model, feeds),
    ];
    expect(sqnrOf(float, integer)).toBeGreaterThan(25);
  });

  it('of which one output is the model’s, another read in float, and one by nobody', async () => {
    const b = new GraphBuilder();
    const x = addNamedConv(b, 'a', b.input('x', [1, 4, 8, 8]), same);
    const { outputs } = b.nodeOf('Split', [x, b.constant('parts', int64([1, 1, 1, 1]))], {
      name: 'split',
      outputs: ['made', 'coded', 'float', 'idle'],
      attributes: { axis: 1 },
    });
    const d = addNamedConv(b, 'd', outputs[1]!, [1, 4]);
    const make = b.model(13, outputs[0]!, d, b.node('Tanh', [outputs[2]]));
    const { model, layers } = await quantizeGraph(runner, make);
    expect(layers.find(({ name }) => name === 'split')?.state).toBe('pass');
    expect(model.graph.outputs.map(({ name }) => name)).toEqual(make.graph.outputs.map(({ name }) => name));
    expect(
      sqnrOf(await runOptimized(runner, make, feeds), await runOptimized(runner, model, feeds)),
    ).toBeGreaterThan(25);
  });
});

describe('left in float, with the reason', () => {
  it.each<[string, Attributes, Constants, string]>([
    ['Resize', { mode: 'linear' }, doubled, 'it makes new values between those it is given'],
    ['Resize', { mode: 'nearest' }, doubled, 'it is faster in float with these coordinates'],
    [
      'InstanceNormalization',
      {},
      (b) => [b.weights('scale', [4]), b.weights('shift', [4])],
      'it divides by a variance, which is computed in float',
    ],
    ['LRN', { size: 3 }, () => [], 'it divides by a variance, which is computed in float'],
  ])('%s %j', async (opType, attributes, constants, reason) => {
    const model = between((b, x) => b.node(opType, [x, ...constants(b)], { name: 'op', attributes }));
    const { layers } = await quantizeGraph(runner, model);
    expect(layers.find(({ name }) => name === 'op')).toMatchObject({ state: 'float', reason });
  });

  it('a clamp is not taken through an interpolation to the layer in front of it', async () => {
    const model = between((b, x) => {
      const grown = b.node('Resize', [x, ...doubled(b)], { attributes: { mode: 'linear' } });
      return b.node('Relu', [grown], { name: 'relu' });
    });
    const { model: quantized } = await quantizeGraph(runner, model);
    const relu = [...quantized.graph.nodes].find(({ name }) => name === 'relu');
    expect(relu?.inputs[0]?.producer?.opType).toBe('Resize');
    expect(
      sqnrOf(await runOptimized(runner, model, feeds), await runOptimized(runner, quantized, feeds)),
    ).toBeGreaterThan(25);
  });

  it('rows of a table', async () => {
    const b = new GraphBuilder();
    const rows = b.node('Gather', [b.weights('table', [20, 4]), b.input('ids', [1, 3], 'int64')], {
      name: 'embed',
    });
    const model = b.model(13, b.node('MatMul', [rows, b.weights('w', [4, 2])], { name: 'head' }));
    const ids = { ids: { dtype: 'int64' as const, shape: [1, 3], data: BigInt64Array.of(1n, 0n, 19n) } };
    const { layers } = await quantizeGraph(runner, model, {}, datasetOf([ids]));
    expect(layers.find(({ name }) => name === 'embed')?.reason).toContain('--mode weights');
  });

  it('arithmetic of shapes has no rows', async () => {
    const model = between((b, x) => {
      const length = b.node('Gather', [b.node('Shape', [x]), b.constant('one', int64([1]))], {
        name: 'length',
      });
      return b.node(
        'Reshape',
        [
          x,
          b.node('Concat', [b.constant('n', int64([1])), length, b.constant('m', int64([8, 8]))], {
            name: 'shape',
            attributes: { axis: 0 },
          }),
        ],
        { name: 'reshape' },
      );
    });
    const { layers } = await quantizeGraph(runner, model);
    expect(layers.map(({ name }) => name)).not.toContain('shape');
  });
});

describe('what targets know of movers and kernels', () => {
  it('wasm leaves grouped convolutions in float', async () => {
    const model = between((b, x) => addNamedConv(b, 'g', x, same, { attributes: { group: 4 } }));
    const { layers, warnings } = await quantizeGraph(runner, model, { target: 'wasm' });
    expect(layers.map(({ name, state }) => [name, state])).toEqual([
      ['a', 'quantized'],
      ['g', 'float'],
      ['d', 'quantized'],
    ]);
    expect(warnings.map(({ code }) => code)).toEqual(['guarded']);
  });

  it('the bias of such a layer, whose weights are stored in 8 bits, is corrected like a quantized one’s', async () => {
    const b = new GraphBuilder();
    const wide = [128, 128] as const;
    const x = addNamedConv(b, 'a', b.input('x', [1, 4, 8, 8]), [4, 128], { kernel: 1 });
    const grouped = addNamedConv(b, 'g', x, wide, { attributes: { group: 128 } });
    const model = b.model(13, addNamedConv(b, 'd', grouped, [128, 4], { kernel: 1 }));
    const biasOf = async (biasCorrection: boolean) => {
      const { model: quantized } = await quantizeGraph(runner, model, { target: 'wasm', biasCorrection });
      const bias = [...quantized.graph.nodes].find(({ name }) => name === 'g')?.inputs[2]?.initializer;
      const bytes = await bias?.read();
      return Array.from(new Float32Array(bytes?.slice().buffer ?? new ArrayBuffer(0)));
    };
    const [corrected, plain] = [await biasOf(true), await biasOf(false)];
    expect([corrected.length, plain.length]).toEqual([128, 128]);
    corrected.forEach((value, channel) => {
      expect(value).not.toBe(plain[channel]);
      expect(value).toBeCloseTo(plain[channel], 1);
    });
  });

  it.each(Object.values(targets))('$name: what it names has the role', ({ kernels, movers }) => {
    const kindOf = (opType: string) =>
      ops.find(({ type, domain }) => type === opType && domain === '')?.role?.kind;
    for (const opType of Object.keys(kernels)) expect(['weighted', 'computed']).toContain(kindOf(opType));
    for (const opType of Object.keys(movers)) expect(kindOf(opType)).toBe('pass');
  });

  it('what has an integer kernel has an operator on codes', () => {
    for (const { kernels } of Object.values(targets))
      for (const opType of Object.keys(kernels))
        expect(
          ops.find(({ type, domain }) => type === opType && domain === '')?.onCodes?.(false),
        ).toBeDefined();
  });
});
