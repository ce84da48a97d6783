import { describe, expect, test } from 'vitest';
import { differentiate } from '../../autodiff/differentiate.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { type Attributes, GraphBuilder } from '../../testing/build-graph.ts';
import { expectGradients } from '../../testing/expect-gradients.ts';
import { runModel } from '../../testing/run-model.ts';
import { f32, floats } from '../../testing/tensors.ts';
import { inferTypes } from '../infer-types.ts';
import { readSmallConstants } from '../small-constants.ts';

const runner = await ortNode();

interface Case {
  readonly shape: readonly number[];
  readonly weight: readonly number[];
  readonly attributes?: Attributes;
  readonly bias?: boolean;
}

async function check(type: string, { shape, weight, attributes = {}, bias = false }: Case): Promise<void> {
  const b = new GraphBuilder();
  const channels = type === 'Conv' ? weight[0] : weight[1] * Number(attributes.group ?? 1);
  const inputs = [b.input('x', shape), b.input('w', weight), ...(bias ? [b.input('b', [channels])] : [])];
  const model = b.model(18, b.node(type, inputs, { attributes }));
  const feeds = { x: f32(shape, 'x'), w: f32(weight, 'w'), ...(bias && { b: f32([channels], 'b') }) };
  const worst = await expectGradients(runner, model, { feeds, step: 0.25, directions: 2, tolerance: 1e-4 });
  expect(worst).toBeLessThan(1e-4);
}

const convs: Case[] = [
  { shape: [2, 3, 7, 6], weight: [4, 3, 3, 3], bias: true },
  { shape: [2, 8, 7, 6], weight: [4, 8, 3, 3], attributes: { pads: [1, 1, 1, 1] }, bias: true },
  { shape: [2, 8, 7, 6], weight: [4, 8, 3, 2], attributes: { pads: [0, 1, 2, 0] } },
  { shape: [1, 8, 5, 5], weight: [2, 8, 5, 1], attributes: { pads: [2, 0, 2, 0] } },
  { shape: [2, 8, 5, 5], weight: [2, 8, 1, 3], attributes: { pads: [0, 2, 0, 2] } },
  { shape: [2, 9, 6, 7], weight: [5, 9, 1, 1], bias: true },
  { shape: [2, 9, 6, 7], weight: [5, 9, 1, 1], attributes: { strides: [2, 2] } },
  { shape: [2, 8, 9, 8], weight: [4, 8, 3, 3], attributes: { strides: [2, 3], pads: [1, 0, 1, 2] } },
  { shape: [2, 8, 9, 8], weight: [4, 8, 3, 3], attributes: { dilations: [2, 1], pads: [2, 1, 2, 1] } },
  { shape: [2, 8, 9, 9], weight: [4, 8, 2, 2], attributes: { strides: [3, 3] } },
  { shape: [2, 6, 7, 7], weight: [6, 1, 3, 3], attributes: { group: 6, pads: [1, 1, 1, 1] } },
  {
    shape: [2, 6, 7, 8],
    weight: [6, 1, 3, 3],
    attributes: { group: 6, strides: [2, 2], pads: [0, 0, 1, 1] },
  },
  { shape: [2, 6, 7, 7], weight: [12, 1, 3, 3], attributes: { group: 6 } },
  { shape: [2, 6, 7, 7], weight: [4, 3, 3, 3], attributes: { group: 2, pads: [1, 1, 1, 1] }, bias: true },
  { shape: [2, 6, 7, 7], weight: [4, 3, 3, 3], attributes: { group: 2, strides: [2, 1] } },
  { shape: [1, 1, 5, 5], weight: [1, 1, 3, 3] },
  { shape: [2, 8, 7, 8], weight: [4, 8, 3, 3], attributes: { auto_pad: 'SAME_UPPER', strides: [2, 2] } },
  { shape: [2, 8, 7, 8], weight: [4, 8, 2, 2], attributes: { auto_pad: 'SAME_LOWER' } },
  { shape: [2, 8, 7, 8], weight: [4, 8, 3, 3], attributes: { auto_pad: 'VALID' } },
  { shape: [2, 4, 11], weight: [5, 4, 3], attributes: { pads: [2, 0], strides: [2] }, bias: true },
  { shape: [2, 8, 11], weight: [5, 8, 3], attributes: { pads: [1, 1] } },
  { shape: [1, 3, 5, 4, 6], weight: [2, 3, 3, 2, 2], attributes: { pads: [1, 0, 0, 1, 1, 0] }, bias: true },
  { shape: [1, 4, 5, 4, 6], weight: [4, 2, 2, 2, 2], attributes: { group: 2, strides: [2, 1, 2] } },
  { shape: [1, 8, 4, 4], weight: [2, 8, 3, 3], attributes: { pads: [3, 3, 3, 3] } },
  { shape: [1, 8, 16, 16], weight: [2, 8, 3, 3] },
  { shape: [1, 8, 12, 11], weight: [2, 8, 2, 4], attributes: { pads: [0, 3, 1, 2] } },
  { shape: [1, 8, 12, 11], weight: [2, 8, 5, 3], attributes: { pads: [4, 0, 1, 1] } },
  { shape: [2, 4, 11], weight: [4, 1, 3], attributes: { group: 4, pads: [1, 2], strides: [2] } },
  {
    shape: [2, 3, 7, 9],
    weight: [3, 1, 2, 3],
    attributes: { group: 3, dilations: [3, 2], pads: [1, 0, 0, 2] },
  },
  {
    shape: [1, 2, 3, 300],
    weight: [2, 1, 3, 3],
    attributes: { group: 2, pads: [1, 1, 1, 1], strides: [1, 2] },
  },
  { shape: [1, 2, 5, 4, 6], weight: [2, 1, 3, 2, 2], attributes: { group: 2, pads: [1, 0, 0, 1, 1, 0] } },
];

const transposed: Case[] = [
  { shape: [2, 3, 4, 5], weight: [3, 4, 3, 3], bias: true },
  {
    shape: [2, 3, 4, 5],
    weight: [3, 4, 3, 3],
    attributes: { strides: [2, 2], pads: [1, 1, 1, 1] },
    bias: true,
  },
  { shape: [2, 3, 4, 5], weight: [3, 4, 3, 3], attributes: { strides: [2, 2], output_padding: [1, 1] } },
  { shape: [2, 8, 4, 5], weight: [8, 9, 2, 2], attributes: { strides: [2, 2] } },
  { shape: [2, 4, 4, 5], weight: [4, 2, 3, 3], attributes: { group: 2, pads: [1, 0, 0, 1] } },
  { shape: [2, 4, 4, 5], weight: [4, 1, 3, 3], attributes: { group: 4, dilations: [2, 2] } },
  { shape: [2, 3, 7], weight: [3, 2, 4], attributes: { strides: [2], pads: [1, 1] } },
  { shape: [2, 3, 4, 5], weight: [3, 4, 3, 3], attributes: { auto_pad: 'SAME_UPPER', strides: [2, 2] } },
];

describe('Conv', () => {
  test.each(convs.map((one) => [JSON.stringify(one), one] as const))('%s', (_, one) => check('Conv', one));
});

describe('ConvTranspose', () => {
  test.each(transposed.map((one) => [JSON.stringify(one), one] as const))('%s', (_, one) =>
    check('ConvTranspose', one),
  );
});

describe('pools', () => {
  const pools: [string, readonly number[], Attributes][] = [
    ['MaxPool', [2, 3, 6, 6], { kernel_shape: [2, 2], strides: [2, 2] }],
    ['MaxPool', [2, 3, 7, 7], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }],
    ['MaxPool', [2, 3, 7, 8], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }],
    ['MaxPool', [2, 3, 7, 8], { kernel_shape: [2, 3], dilations: [2, 1] }],
    ['MaxPool', [2, 3, 6, 5], { kernel_shape: [2, 2], storage_order: 1 }],
    ['MaxPool', [2, 3, 9], { kernel_shape: [3], strides: [2] }],
    ['MaxPool', [2, 3, 6], { kernel_shape: [3], strides: [3] }],
    ['MaxPool', [2, 3, 6, 5], { kernel_shape: [3, 1], strides: [3, 1] }],
    ['MaxPool', [1, 2, 4, 6, 2], { kernel_shape: [2, 3, 2], strides: [2, 3, 2] }],
    ['AveragePool', [2, 3, 6, 6], { kernel_shape: [2, 2], strides: [2, 2] }],
    ['AveragePool', [2, 3, 7, 7], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }],
    ['AveragePool', [2, 3, 7, 7], { kernel_shape: [3, 3], pads: [1, 0, 1, 1], count_include_pad: 1 }],
    ['AveragePool', [2, 3, 7, 8], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }],
    ['AveragePool', [2, 3, 9], { kernel_shape: [3], strides: [2] }],
    ['AveragePool', [2, 3, 8, 8], { kernel_shape: [3, 3], auto_pad: 'SAME_UPPER' }],
    ['GlobalAveragePool', [2, 3, 4, 5], {}],
    ['GlobalMaxPool', [2, 3, 4, 5], {}],
  ];
  test.each(pools.map((one) => [JSON.stringify(one), ...one] as const))(
    '%s',
    async (_, type, shape, attributes) => {
      const b = new GraphBuilder();
      const model = b.model(19, b.node(type, [b.input('x', shape)], { attributes }));
      const step = type.includes('Max') ? 1e-4 : 0.1;
      await expectGradients(runner, model, { feeds: { x: f32(shape, 'pool') }, step, tolerance: 2e-2 });
    },
  );

  test.each([
    ['tiling', { kernel_shape: [2, 3], strides: [2, 3] }],
    ['overlapping', { kernel_shape: [2, 3], strides: [2, 3], pads: [0, 0, 0, 1] }],
  ])('of elements that tie the first gets the gradient, %s', async (_, attributes) => {
    const data = [0, 7, 7, 2, 2, 2, 7, 7, 0, 1, 3, 3];
    const b = new GraphBuilder();
    const x = b.input('x', [1, 1, 2, 6]);
    const pool = b.node('MaxPool', [x], { attributes });
    const model = b.model(18, b.node('ReduceSum', [pool], { attributes: { keepdims: 0 } }));
    const { graph } = model;
    const facts = { types: await inferTypes(model), constants: await readSmallConstants(graph) };
    graph.outputs = [differentiate(graph, graph.outputs[0], [x], facts).get(x)!];
    const results = await runModel(runner, model, { x: floats([1, 1, 2, 6], data) });
    const gradient = Array.from(Object.values(results)[0].data as Float32Array);
    expect(gradient.map((g, i) => [g, i]).filter(([g]) => g !== 0)).toEqual([
      [1, 1],
      [1, 10],
    ]);
  });
});
