import { describe, test } from 'vitest';
import type { Tensor } from '../../base/tensor.ts';
import { ortNode } from '../../runtime/ort-node.ts';
import { type Attributes, float, GraphBuilder } from '../../testing/build-graph.ts';
import { expectGradients } from '../../testing/expect-gradients.ts';
import { f32, floats, int64 } from '../../testing/tensors.ts';

const runner = await ortNode();

interface Case {
  readonly type: string;
  readonly shape: readonly number[];
  /** Constant inputs behind the first. */
  readonly constants?: readonly (Tensor | undefined)[];
  readonly attributes?: Attributes;
  readonly outputs?: readonly string[];
  readonly opset?: number;
  readonly step?: number;
}

/** Numbers between −2 and 2 in random order, no two nearly equal: a step changes no order. */
function spaced(shape: readonly number[], seed: string): Tensor {
  const { data } = f32(shape, seed);
  const order = [...data.keys()].sort((a, b) => data[a] - data[b]);
  const values = new Float32Array(data.length);
  for (const [rank, i] of order.entries()) values[i] = (4 * (rank + 0.4)) / data.length - 2;
  return { dtype: 'float', shape, data: values };
}

const text = (name: string, value: string): Attributes => ({ [name]: value });

const activations: Case[] = [
  { type: 'Relu' },
  { type: 'LeakyRelu', attributes: { alpha: float(0.3) } },
  { type: 'ThresholdedRelu', attributes: { alpha: float(0.5) } },
  { type: 'Elu', attributes: { alpha: float(0.7) } },
  { type: 'Selu' },
  { type: 'Celu', attributes: { alpha: float(1.7) } },
  { type: 'Sigmoid' },
  { type: 'Tanh' },
  { type: 'HardSigmoid' },
  { type: 'HardSwish' },
  { type: 'Mish' },
  { type: 'Shrink', attributes: { lambd: float(0.7) } },
  { type: 'Swish', opset: 24, attributes: { alpha: float(1.5) } },
  { type: 'Gelu', opset: 20 },
  { type: 'Gelu', opset: 20, attributes: text('approximate', 'tanh') },
  { type: 'Softplus' },
  { type: 'Softsign' },
  { type: 'Clip', constants: [floats([], [-0.5]), floats([], [0.8])] },
  { type: 'Clip', constants: [undefined, floats([], [0.8])] },
  { type: 'Clip', constants: [floats([], [-Infinity]), floats([], [0.8])] },
  { type: 'Clip' },
].map((one) => ({ shape: [4, 25], step: 2e-4, ...one }));

const softmaxes: Case[] = ['Softmax', 'LogSoftmax'].flatMap((type) =>
  [-1, 0, 1].map((axis) => ({ type, shape: [3, 4, 5], attributes: { axis } })),
);

const reductions: Case[] = [
  ...['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSumExp'].flatMap((name) =>
    [[1], [0, -1], undefined].flatMap((axes) =>
      [0, 1].map((keepdims) => ({
        type: `Reduce${name}`,
        shape: [3, 4, 5],
        constants: axes ? [int64(axes)] : [],
        attributes: { keepdims },
        step: 1e-3,
      })),
    ),
  ),
  { type: 'ReduceSum', shape: [2, 3], attributes: { noop_with_empty_axes: 1 } },
];

const movements: Case[] = [
  { type: 'Reshape', shape: [2, 3, 4], constants: [int64([4, -1])] },
  { type: 'Flatten', shape: [2, 3, 4], attributes: { axis: 2 } },
  { type: 'Squeeze', shape: [2, 1, 4], constants: [int64([1])] },
  { type: 'Unsqueeze', shape: [2, 4], constants: [int64([0, 2])] },
  { type: 'Transpose', shape: [2, 3, 4], attributes: { perm: [2, 0, 1] } },
  { type: 'Transpose', shape: [2, 3, 4] },
  { type: 'Expand', shape: [3, 1], constants: [int64([2, 3, 4])] },
  { type: 'Tile', shape: [2, 3], constants: [int64([2, 3])] },
  { type: 'DepthToSpace', shape: [2, 8, 3, 2], attributes: { blocksize: 2 } },
  { type: 'DepthToSpace', shape: [2, 8, 3, 2], attributes: { blocksize: 2, mode: 'CRD' } },
  { type: 'SpaceToDepth', shape: [2, 2, 4, 6], attributes: { blocksize: 2 } },
  { type: 'Split', shape: [2, 7], constants: [int64([3, 4])], attributes: { axis: 1 }, outputs: ['a', 'b'] },
  { type: 'CumSum', shape: [3, 4], constants: [int64(1)] },
  { type: 'CumSum', shape: [3, 4], constants: [int64(0)], attributes: { exclusive: 1, reverse: 1 } },
];

const slices: Case[] = [
  { starts: [1, 0], ends: [3, 4], axes: [0, 1], steps: [1, 1] },
  { starts: [-3], ends: [9999], axes: [1], steps: [2] },
  { starts: [4, 0], ends: [-99, 5], axes: [-1, 0], steps: [-2, 3] },
  { starts: [3], ends: [0], axes: [0], steps: [-1] },
].map(({ starts, ends, axes, steps }) => ({
  type: 'Slice',
  shape: [5, 6],
  constants: [starts, ends, axes, steps].map((values) => int64(values)),
}));

const paddings: Case[] = [
  { type: 'Pad', shape: [3, 4], constants: [int64([1, 0, 2, 3])] },
  { type: 'Pad', shape: [3, 4], constants: [int64([1, -1, 0, 2])] },
  ...['reflect', 'edge'].map((mode) => ({
    type: 'Pad',
    shape: [3, 5],
    constants: [int64([2, 1, 1, 3])],
    attributes: { mode },
  })),
  { type: 'Pad', shape: [3, 5], constants: [int64([1, 2]), undefined, int64([1])] },
];

const gathers: Case[] = [
  { type: 'Gather', shape: [5, 3], constants: [int64([4, 0, -1, 4])] },
  { type: 'Gather', shape: [2, 5, 3], constants: [int64(2)], attributes: { axis: 1 } },
  {
    type: 'Gather',
    shape: [4, 3],
    constants: [{ dtype: 'int64', shape: [2, 2], data: BigInt64Array.of(0n, 2n, 2n, 1n) }],
    attributes: { axis: 1 },
  },
  {
    type: 'GatherElements',
    shape: [3, 3],
    constants: [{ dtype: 'int64', shape: [2, 3], data: BigInt64Array.of(1n, 2n, 0n, 1n, 0n, 0n) }],
  },
  {
    type: 'GatherND',
    shape: [3, 4, 2],
    constants: [{ dtype: 'int64', shape: [3, 2], data: BigInt64Array.of(0n, 1n, 2n, -1n, 0n, 1n) }],
  },
  {
    type: 'GatherND',
    shape: [2, 3, 4],
    constants: [{ dtype: 'int64', shape: [2, 2, 1], data: BigInt64Array.of(0n, 2n, 1n, 1n) }],
    attributes: { batch_dims: 1 },
  },
];

const rankings: Case[] = [
  { type: 'TopK', shape: [3, 5], constants: [int64([2])], outputs: ['values', 'places'] },
  {
    type: 'TopK',
    shape: [3, 5],
    constants: [int64([2])],
    attributes: { axis: 0, largest: 0 },
    outputs: ['values', 'places'],
  },
  { type: 'Trilu', shape: [2, 4, 5] },
  { type: 'Trilu', shape: [4, 4], constants: [int64(-1)], attributes: { upper: 0 } },
  { type: 'ReverseSequence', shape: [4, 3, 2], constants: [int64([1, 4, 2])] },
  {
    type: 'ReverseSequence',
    shape: [3, 4],
    constants: [int64([1, 4, 2])],
    attributes: { batch_axis: 0, time_axis: 1 },
  },
  { type: 'CenterCropPad', shape: [5, 4, 3], constants: [int64([4, 7])], attributes: { axes: [0, -1] } },
  { type: 'CenterCropPad', shape: [4, 3], constants: [int64([7, 2])] },
  {
    type: 'RotaryEmbedding',
    shape: [1, 2, 3, 6],
    opset: 23,
    constants: ['cos', 'sin'].map((name) => f32([1, 3, 3], name)),
  },
  {
    type: 'RotaryEmbedding',
    shape: [2, 3, 16],
    opset: 23,
    constants: ['cos', 'sin'].map((name) => f32([2, 3, 2], name)),
    attributes: { num_heads: 2, interleaved: 1, rotary_embedding_dim: 4 },
  },
  { type: 'CastLike', shape: [3], constants: [floats([], [1])] },
];

const window = { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] };
const responses: Case[] = [
  { type: 'LpPool', shape: [2, 2, 7, 6], attributes: window },
  { type: 'LpPool', shape: [1, 2, 5], attributes: { kernel_shape: [2], p: 3 } },
  { type: 'LpPool', shape: [1, 1, 6, 6], attributes: { kernel_shape: [2, 2], p: 1 } },
  { type: 'GlobalLpPool', shape: [2, 3, 4, 5] },
  { type: 'GlobalLpPool', shape: [2, 3, 4], attributes: { p: 3 } },
  {
    type: 'LRN',
    shape: [2, 7, 3, 1],
    attributes: { size: 3, alpha: float(0.5), beta: float(0.6), bias: float(2) },
  },
  { type: 'LRN', shape: [1, 5, 2, 2], attributes: { size: 5, alpha: float(0.9) } },
  { type: 'MeanVarianceNormalization', shape: [2, 3, 4, 5] },
  { type: 'MeanVarianceNormalization', shape: [2, 3, 4, 5], attributes: { axes: [1, 3] } },
].map((one) => ({ step: 2e-3, ...one }));

const all = [
  ...activations,
  ...softmaxes,
  ...reductions,
  ...movements,
  ...slices,
  ...paddings,
  ...gathers,
  ...rankings,
  ...responses,
];

describe.each([...new Set(all.map(({ type }) => type))])('%s', (type) => {
  const cases = all.filter((one) => one.type === type);
  test.each(cases.map((one, i) => [i, one] as const))('case %i', async (_, one) => {
    const b = new GraphBuilder();
    const x = b.input('x', one.shape);
    const constants = (one.constants ?? []).map((tensor, i) => tensor && b.constant(`c${i}`, tensor));
    const { attributes = {}, outputs = ['y'] } = one;
    const node = b.nodeOf(type, [x, ...constants], { attributes, outputs });
    // Places are integers.
    const results = node.outputs.filter((value) => value && value.name !== 'places');
    const model = b.model(one.opset ?? 18, ...results.map((value) => value!));
    await expectGradients(runner, model, {
      feeds: { x: spaced(one.shape, type) },
      step: one.step ?? 1e-2,
      tolerance: 1e-2,
    });
  });
});

describe('several values', () => {
  const bool = { dtype: 'bool', shape: [2, 1], data: Uint8Array.of(1, 0) } as const;

  test('Where', async () => {
    const b = new GraphBuilder();
    const y = b.node('Where', [b.constant('c', bool), b.input('a', [2, 3]), b.input('b', [3])]);
    await expectGradients(runner, b.model(18, y), { feeds: { a: f32([2, 3], 'a'), b: f32([3], 'b') } });
  });

  test('Concat', async () => {
    const b = new GraphBuilder();
    const y = b.node('Concat', [b.input('a', [2, 3]), b.input('b', [2, 1])], { attributes: { axis: -1 } });
    await expectGradients(runner, b.model(18, y), { feeds: { a: f32([2, 3], 'a'), b: f32([2, 1], 'b') } });
  });

  test.each([[[1]], [[3, 1, 1]], [[3, 4, 4]]])('PRelu, slope %j', async (slope) => {
    const b = new GraphBuilder();
    const y = b.node('PRelu', [b.input('x', [2, 3, 4, 4]), b.input('s', slope)]);
    const feeds = { x: f32([2, 3, 4, 4], 'x'), s: f32(slope, 's') };
    await expectGradients(runner, b.model(18, y), { feeds, step: 1e-3, tolerance: 1e-2 });
  });

  test.each(['none', 'add', 'mul', 'min', 'max'])(
    'ScatterElements and ScatterND, reduction %s',
    async (reduction) => {
      const b = new GraphBuilder();
      const [x, u, v] = [b.input('x', [4, 3]), b.input('u', [2, 3]), b.input('v', [2, 3])];
      const indices = {
        dtype: 'int64',
        shape: [2, 3],
        data: BigInt64Array.of(0n, 1n, 2n, 3n, 2n, 0n),
      } as const;
      const first = b.node('ScatterElements', [x, b.constant('i', indices), u], {
        attributes: { reduction },
      });
      const rows = { dtype: 'int64', shape: [2, 1], data: BigInt64Array.of(3n, 1n) } as const;
      const y = b.node('ScatterND', [first, b.constant('r', rows), v], { attributes: { reduction } });
      const feeds = { x: f32([4, 3], 'x'), u: f32([2, 3], 'u'), v: f32([2, 3], 'v') };
      await expectGradients(runner, b.model(18, y), { feeds });
    },
  );

  test('products with zeros among the factors', async () => {
    const b = new GraphBuilder();
    const y = b.node('ReduceProd', [b.input('x', [3, 3]), b.constant('axes', int64([1]))]);
    const x = floats([3, 3], [1, 0, 2, 0, 0, 3, 1, 2, 3]);
    await expectGradients(runner, b.model(18, y), { feeds: { x }, step: 1e-3, tolerance: 1e-2 });
  });
});
