import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../base/tensor.ts';
import type { Model } from '../../onnx/ir/model.ts';
import type { Value } from '../../onnx/ir/value.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { GraphBuilder } from '../../testing/build-graph.ts';
import {
  type GivenOptions,
  optimizedOperators,
  quantizeGraph,
  runOptimized,
} from '../../testing/quantize-graph.ts';
import { randomFeeds } from '../../testing/random-feeds.ts';
import { runModel } from '../../testing/run-model.ts';
import { addClip, addNamedConv, addRelu } from '../../testing/small-nets.ts';
import { f32, int64 } from '../../testing/tensors.ts';
import { int8 } from '../formats/int8.ts';
import { uint8 } from '../formats/uint8.ts';
import type { Layout } from '../layout.ts';
import { layouts } from './index.generated.ts';

const runner = await ortNode();
const same = [4, 4] as const;

/** Between convolutions "a" and "d". */
function between(make: (b: GraphBuilder, x: Value) => Value): Model {
  const b = new GraphBuilder();
  const x = addNamedConv(b, 'a', b.input('x', [1, 4, 8, 8]), same);
  return b.model(13, addNamedConv(b, 'd', make(b, x), same));
}

function products(make: (b: GraphBuilder, x: Value) => Value, shape: readonly number[] = [1, 5, 4]): Model {
  const b = new GraphBuilder();
  return b.model(13, make(b, b.input('x', shape)));
}

const nets: [string, () => Model, string?][] = [
  ['Conv', () => between((_, x) => x), 'QLinearConv'],
  [
    'Conv, Relu, Clip',
    () => between((b, x) => addClip(b, 'clip', addRelu(b, 'relu', x), 0, 0.5)),
    'QLinearConv',
  ],
  [
    'depthwise',
    () => between((b, x) => addNamedConv(b, 'g', x, same, { attributes: { group: 4 } })),
    'QLinearConv',
  ],
  [
    'grouped, without bias',
    () => between((b, x) => addNamedConv(b, 'g', x, same, { attributes: { group: 2 }, hasBias: false })),
    'QLinearConv',
  ],
  ['Add', () => between((b, x) => b.node('Add', [x, addNamedConv(b, 'e', x, same)])), 'QLinearAdd'],
  ['Mul', () => between((b, x) => b.node('Mul', [x, addNamedConv(b, 'e', x, same)])), 'QLinearMul'],
  [
    'Concat',
    () =>
      between((b, x) => {
        const both = b.node('Concat', [x, addNamedConv(b, 'e', x, same)], { attributes: { axis: 1 } });
        return addNamedConv(b, 'f', both, [8, 4]);
      }),
    'QLinearConcat',
  ],
  ['Sigmoid', () => between((b, x) => b.node('Sigmoid', [x])), 'QLinearSigmoid'],
  ['LeakyRelu', () => between((b, x) => b.node('LeakyRelu', [x])), 'QLinearLeakyRelu'],
  [
    'AveragePool',
    () => between((b, x) => b.node('AveragePool', [x], { attributes: { kernel_shape: [2, 2] } })),
    'QLinearAveragePool',
  ],
  [
    'GlobalAveragePool',
    () => between((b, x) => b.node('GlobalAveragePool', [x])),
    'QLinearGlobalAveragePool',
  ],
  [
    'Where',
    () => {
      const b = new GraphBuilder();
      const x = addNamedConv(b, 'a', b.input('x', [1, 4, 8, 8]), same);
      const isLarge = b.node('Greater', [b.input('y', [1, 4, 8, 8]), b.weights('half', [1])]);
      const chosen = b.node('Where', [isLarge, x, addNamedConv(b, 'e', x, same)]);
      return b.model(13, addNamedConv(b, 'd', chosen, same));
    },
    'QLinearWhere',
  ],
  [
    'movers',
    () =>
      between((b, x) => {
        const pooled = b.node('MaxPool', [x], { attributes: { kernel_shape: [2, 2], strides: [2, 2] } });
        const pads = b.constant('pads', int64([0, 0, 1, 1, 0, 0, 1, 1]));
        const halves = b.nodeOf('Split', [b.node('Pad', [pooled, pads])], {
          outputs: ['left', 'right'],
          attributes: { axis: 1 },
        });
        return b.node('Concat', [halves.outputs[1], halves.outputs[0]], { attributes: { axis: 1 } });
      }),
    'QLinearConcat',
  ],
  [
    'Gemm that ends',
    () => products((b, x) => b.node('Gemm', [x, b.weights('w', [4, 3]), b.weights('c', [3])]), [1, 4]),
    'QGemm',
  ],
  [
    'Gemm between, transposed',
    () =>
      products(
        (b, x) => {
          const first = b.node('Gemm', [x, b.weights('w', [6, 4])], { attributes: { transB: 1 } });
          return b.node('Gemm', [first, b.weights('v', [6, 3]), b.weights('c', [3])]);
        },
        [1, 4],
      ),
    'QGemm',
  ],
  [
    'MatMul that ends',
    () => products((b, x) => b.node('MatMul', [x, b.weights('w', [4, 3])])),
    'MatMulIntegerToFloat',
  ],
  [
    'MatMul between',
    () =>
      products((b, x) =>
        b.node('MatMul', [b.node('MatMul', [x, b.weights('w', [4, 6])]), b.weights('v', [6, 3])]),
      ),
    'QLinearMatMul',
  ],
  [
    'MatMul of stacks',
    () => products((b, x) => b.node('MatMul', [x, b.weights('w', [2, 4, 3])])),
    'MatMulIntegerToFloat',
  ],
  [
    'MatMul of activations',
    () =>
      products(
        (b, x) => {
          const turned = b.node('Transpose', [x], { attributes: { perm: [0, 2, 1] } });
          return b.node('MatMul', [x, b.node('Tanh', [turned])]);
        },
        [1, 5, 64],
      ),
    'MatMulIntegerToFloat',
  ],
];

const feedsOf = (model: Model) => randomFeeds(model, 5, () => 1);

/** Steps of the quantized outputs count as 1; outputs in float are rounding of sums apart. */
function expectAlike(a: Record<string, Tensor>, b: Record<string, Tensor>): void {
  for (const [name, { data }] of Object.entries(a)) {
    const other = b[name].data;
    data.forEach((value, i) => {
      expect(Number(other[i])).toBeCloseTo(Number(value), 4);
    });
  }
}

describe.each(Object.entries<Layout>(layouts))('layout %s', (name, layout) => {
  // A key of the registry is a name of the option.
  const options: GivenOptions = { layout: name as keyof typeof layouts };

  it.each(nets)('%s gives what QDQ gives', async (_, make) => {
    const written = (await quantizeGraph(runner, make(), options)).model;
    const asQdq = (await quantizeGraph(runner, make(), { layout: 'qdq' })).model;
    const feeds = feedsOf(make());
    expectAlike(await runOptimized(runner, written, feeds), await runOptimized(runner, asQdq, feeds));
  });

  it.each(nets)('%s runs as it is reported', async (_, make) => {
    const { warnings } = await quantizeGraph(runner, make(), options);
    expect(warnings.filter(({ code }) => code !== 'guarded')).toEqual([]);
  });

  it('takes 8 bits', () => {
    expect([layout.refuses(int8), layout.refuses(uint8)]).toEqual([undefined, undefined]);
  });
});

describe('qoperator', () => {
  const layout = 'qoperator' as const;

  it.each(nets)('%s: operators on codes, Q and DQ at the borders only', async (_, make, opType = '') => {
    const { model } = await quantizeGraph(runner, make(), { layout });
    const operators = [...model.graph.nodes].map((node) => node.opType);
    expect(operators).toContain(opType);
    for (const node of model.graph.nodes) {
      if (node.opType !== 'DequantizeLinear') continue;
      // A decoded value is an output, or what a float operator reads.
      const readers = node.output.uses.map((use) => use.node.opType);
      expect(readers.filter((reader) => reader === 'QuantizeLinear' || reader === 'Conv')).toEqual([]);
    }
  });

  it('runs with the engine’s rewriting switched off: nothing is left to fusion', async () => {
    const [, make] = nets[0];
    const { model } = await quantizeGraph(runner, make(), { layout });
    const feeds = feedsOf(make());
    expectAlike(await runModel(runner, model, feeds), await runOptimized(runner, model, feeds));
    const operators = await optimizedOperators(runner, model);
    expect(operators.QLinearConv).toBe(2);
    expect(model.opsetImports.has('com.microsoft')).toBe(false);
  });

  it('imports the engine’s operators where it writes some', async () => {
    const [, make] = nets[4];
    const { model } = await quantizeGraph(runner, make(), { layout });
    expect(model.opsetImports.get('com.microsoft')).toBe(1);
  });

  it.each(['int16', 'uint16'] as const)('refuses %s by name', async (activations) => {
    const [, make] = nets[0];
    await expect(quantizeGraph(runner, make(), { layout, activations })).rejects.toMatchObject({
      code: 'format-not-of-layout',
      message: expect.stringContaining(activations),
    });
    const overrides = [{ match: 'a', activations }];
    await expect(quantizeGraph(runner, make(), { layout, overrides })).rejects.toMatchObject({
      code: 'format-not-of-layout',
    });
  });

  it('a float layer between quantized ones stays float', async () => {
    const model = between((b, x) => addNamedConv(b, 'middle', x, same));
    const {
      warnings,
      layers,
      model: written,
    } = await quantizeGraph(runner, model, { layout, exclude: ['middle'] });
    expect(layers.find(({ name }) => name === 'middle')?.state).toBe('float');
    expect(warnings.map(({ code }) => code)).toEqual(['guarded']);
    const operators = await optimizedOperators(runner, written);
    expect([operators.QLinearConv, (operators.Conv ?? 0) + (operators.FusedConv ?? 0)]).toEqual([2, 1]);
  });

  it('the same for int8 activations and uint8 weights', async () => {
    const make = () => between((b, x) => b.node('Add', [x, addNamedConv(b, 'e', x, same)]));
    for (const formats of [
      { activations: 'int8' },
      { weights: 'uint8' },
      { weights: 'uint8', granularity: 'tensor' },
    ] as const) {
      const written = (await quantizeGraph(runner, make(), { layout, ...formats })).model;
      const asQdq = (await quantizeGraph(runner, make(), formats)).model;
      const feeds = { x: f32([1, 4, 8, 8], 'other') };
      expectAlike(await runOptimized(runner, written, feeds), await runOptimized(runner, asQdq, feeds));
    }
  });
});
