import type { DataType } from '../base/tensor.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Value } from '../onnx/ir/value.ts';
import { elementCount } from '../tensor/element-count.ts';
import { type Attributes, GraphBuilder } from './build-graph.ts';
import { f32, floats, int64 } from './tensors.ts';

/** What a case gives its node: a float32 tensor of a shape, codes of a shape, a list of integers, or nothing. */
type Given =
  | { readonly shape: readonly number[]; readonly dtype?: DataType; readonly value?: number }
  | readonly number[]
  | undefined;

const f = (...shape: number[]): Given => ({ shape });
const u8 = (...shape: number[]): Given => ({ shape, dtype: 'uint8' });
const i32 = (...shape: number[]): Given => ({ shape, dtype: 'int32' });
/** Scale and zero point of a whole tensor. */
const grid = [f(), u8()];

interface Case {
  readonly domain?: string;
  readonly opset?: number;
  readonly inputs: readonly (Given | number)[];
  readonly attributes?: Attributes;
  readonly outputs?: number;
}

const ms = 'com.microsoft';

/** Operators that ONNX's backend cases leave out, each with inputs that ONNX Runtime takes. */
const cases: Readonly<Record<string, Case>> = {
  HardSwish: { inputs: [f(2, 3)] },
  Mish: { inputs: [f(2, 3)] },
  Celu: { inputs: [f(2, 3)] },
  Sinh: { inputs: [f(2, 3)] },
  ConvInteger: { inputs: [u8(1, 2, 5, 5), u8(4, 2, 3, 3), u8(), u8()] },
  QLinearConv: { inputs: [u8(1, 2, 5, 5), ...grid, u8(4, 2, 3, 3), ...grid, ...grid, i32(4)] },
  Einsum: { inputs: [f(2, 3, 4), f(4, 5)], attributes: { equation: 'abc,cd->abd' } },
  OneHot: { inputs: [[1, 2, 0], [4], f(2)], attributes: { axis: 0 } },
  RandomNormalLike: { inputs: [f(2, 3)] },
  RandomUniformLike: { inputs: [f(2, 3)] },
  Bernoulli: { inputs: [f(2, 3)] },
  RandomNormal: { inputs: [], attributes: { shape: [2, 3] } },
  RandomUniform: { inputs: [], attributes: { shape: [2, 3] } },
  Multinomial: { inputs: [f(2, 3)], attributes: { sample_size: 5 } },
  BitwiseAnd: { inputs: [u8(2, 3), u8(3)] },
  BitShift: { inputs: [u8(2, 3), u8(3)], attributes: { direction: 'LEFT' } },
  DepthToSpace: { inputs: [f(1, 8, 2, 3)], attributes: { blocksize: 2, mode: 'CRD' } },
  SpaceToDepth: { inputs: [f(1, 2, 4, 6)], attributes: { blocksize: 2 } },
  ReverseSequence: { inputs: [f(3, 2, 4), [1, 2]] },
  LpNormalization: { inputs: [f(2, 3)] },
  MeanVarianceNormalization: { inputs: [f(2, 3, 4, 4)] },
  GlobalLpPool: { inputs: [f(2, 3, 4, 4)] },
  RoiAlign: {
    inputs: [f(1, 3, 8, 8), f(2, 4), [0, 0]],
    attributes: { output_height: 2, output_width: 3 },
  },
  DequantizeLinear: { inputs: [u8(2, 3), ...grid] },
  DynamicQuantizeLinear: { inputs: [f(2, 3)], outputs: 3 },
  ReduceLogSum: { inputs: [f(2, 3, 4), [1]] },
  ReduceLogSumExp: { inputs: [f(2, 3, 4), [1]], attributes: { keepdims: 0 } },
  Unique: { inputs: [f(7)], outputs: 4 },
  Scatter: { opset: 10, inputs: [f(3, 2), { shape: [1, 2], dtype: 'int64' }, f(1, 2)] },
  Upsample: { opset: 9, inputs: [f(1, 2, 3, 4), { shape: [4], dtype: 'double' }] },
  // 100 · 0.29 is 29 in float32 and 28.99… in float64.
  'Resize by a scale': {
    inputs: [f(1, 1, 100), undefined, { shape: [1], value: 0.29 }],
    attributes: { axes: [2], mode: 'nearest' },
  },
  'Resize inside a box': {
    inputs: [f(1, 1, 7, 8), undefined, undefined, [5, 5]],
    attributes: { axes: [2, 3], mode: 'nearest', keep_aspect_ratio_policy: 'not_larger' },
  },
  'Resize around a box': {
    inputs: [f(1, 1, 5, 2), undefined, undefined, [3, 3]],
    attributes: { axes: [2, 3], mode: 'nearest', keep_aspect_ratio_policy: 'not_smaller' },
  },
  MaxUnpool: {
    inputs: [f(1, 1, 2, 2), { shape: [1, 1, 2, 2], dtype: 'int64' }],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  },
  STFT: { inputs: [{ shape: [1, 16, 1] }, 4, undefined, 8] },
  MelWeightMatrix: {
    inputs: [8, 16, 8000, { shape: [], value: 0 }, { shape: [], value: 4000 }],
  },
  'Gelu of com.microsoft': { domain: ms, inputs: [f(2, 3)] },
  QuickGelu: { domain: ms, inputs: [f(2, 3)] },
  FastGelu: { domain: ms, inputs: [f(2, 3), f(3)] },
  BiasGelu: { domain: ms, inputs: [f(2, 3), f(3)] },
  FusedConv: { domain: ms, inputs: [f(1, 2, 5, 5), f(4, 2, 3, 3), f(4)], attributes: { activation: 'Relu' } },
  FusedMatMul: { domain: ms, inputs: [f(2, 4, 3), f(4, 5)], attributes: { transA: 1 } },
  'FusedMatMul as it lies': { domain: ms, inputs: [f(2, 3, 4), f(4, 5)] },
  FusedGemm: { domain: ms, inputs: [f(2, 3), f(5, 3), f(5)], attributes: { transB: 1, activation: 'Relu' } },
  SkipLayerNormalization: { domain: ms, inputs: [f(2, 3, 4), f(2, 3, 4), f(4), f(4)] },
  SkipSimplifiedLayerNormalization: { domain: ms, inputs: [f(2, 3, 4), f(2, 3, 4), f(4)] },
  SimplifiedLayerNormalization: { inputs: [f(2, 3, 4), f(4)] },
  EmbedLayerNormalization: {
    domain: ms,
    inputs: [i32(2, 3), i32(2, 3), f(9, 4), f(9, 4), f(9, 4), f(4), f(4)],
    outputs: 2,
  },
  Inverse: { domain: ms, inputs: [f(2, 3, 3)] },
  'Attention of com.microsoft': {
    domain: ms,
    inputs: [f(2, 3, 8), f(8, 24), f(24)],
    attributes: { num_heads: 2 },
  },
  QAttention: {
    domain: ms,
    inputs: [u8(2, 3, 8), u8(8, 24), f(24), f(), f(), undefined, u8(), u8()],
    attributes: { num_heads: 2 },
  },
  MultiHeadAttention: {
    domain: ms,
    inputs: [f(2, 3, 8), f(2, 5, 8), f(2, 5, 8)],
    attributes: { num_heads: 2 },
  },
  GroupQueryAttention: {
    domain: ms,
    inputs: [
      f(1, 3, 16),
      f(1, 3, 8),
      f(1, 3, 8),
      f(1, 1, 0, 8),
      f(1, 1, 0, 8),
      { shape: [1], dtype: 'int32', value: 2 },
      { shape: [], dtype: 'int32', value: 3 },
    ],
    attributes: { num_heads: 2, kv_num_heads: 1 },
    outputs: 3,
  },
  MatMulIntegerToFloat: { domain: ms, inputs: [u8(2, 3), u8(3, 4), f(), f(), u8(), u8(), f(4)] },
  DynamicQuantizeMatMul: { domain: ms, inputs: [f(2, 3), u8(3, 4), f(4), u8(4), f(4)] },
  MatMulNBits: {
    domain: ms,
    inputs: [f(2, 32), u8(4, 1, 16), f(4)],
    attributes: { K: 32, N: 4, bits: 4, block_size: 32 },
  },
  GatherBlockQuantized: {
    domain: ms,
    inputs: [u8(5, 16), [1, 2], f(5, 1)],
    attributes: { block_size: 32, quantize_axis: 1, bits: 4 },
  },
  QGemm: {
    domain: ms,
    inputs: [u8(2, 3), ...grid, u8(4, 3), ...grid, i32(4), ...grid],
    attributes: { transB: 1 },
  },
  DynamicQuantizeLSTM: {
    domain: ms,
    inputs: [
      ...[f(3, 2, 5), u8(1, 5, 16), u8(1, 4, 16), f(1, 32), undefined, undefined, undefined, undefined],
      ...[f(1), u8(1), f(1), u8(1)],
    ],
    attributes: { hidden_size: 4 },
    outputs: 3,
  },
  QLinearAdd: { domain: ms, inputs: [u8(2, 3), ...grid, u8(3), ...grid, ...grid] },
  QLinearMul: { domain: ms, inputs: [u8(2, 3), ...grid, u8(3), ...grid, ...grid] },
  QLinearWhere: {
    domain: ms,
    inputs: [{ shape: [2, 1], dtype: 'bool' }, u8(2, 3), ...grid, u8(3), ...grid, ...grid],
  },
  QLinearLeakyRelu: { domain: ms, inputs: [u8(2, 3), ...grid, ...grid] },
  QLinearSigmoid: { domain: ms, inputs: [u8(2, 3), ...grid, ...grid] },
  QLinearSoftmax: { domain: ms, inputs: [u8(2, 3), ...grid, ...grid], attributes: { opset: 13 } },
  QLinearConcat: {
    domain: ms,
    inputs: [...grid, u8(2, 3), ...grid, u8(2, 4), ...grid],
    attributes: { axis: 1 },
  },
  QLinearAveragePool: {
    domain: ms,
    inputs: [u8(1, 2, 5, 5), ...grid, ...grid],
    attributes: { kernel_shape: [2, 2], strides: [2, 2] },
  },
  QLinearGlobalAveragePool: { domain: ms, inputs: [u8(1, 2, 5, 5), ...grid, ...grid] },
  NhwcMaxPool: { domain: ms, inputs: [u8(1, 5, 5, 2)], attributes: { kernel_shape: [2, 2] } },
  'QLinearConv of com.microsoft': {
    domain: ms,
    inputs: [u8(1, 2, 5, 5), ...grid, u8(4, 2, 3, 3), ...grid, ...grid, i32(4)],
  },
  'QuantizeLinear of com.microsoft': { domain: ms, inputs: [f(2, 3), ...grid] },
  'DequantizeLinear of com.microsoft': { domain: ms, inputs: [u8(2, 3), ...grid] },
  'RotaryEmbedding of com.microsoft': {
    domain: ms,
    inputs: [f(1, 3, 8), { shape: [1, 3], dtype: 'int64' }, f(6, 4), f(6, 4)],
  },
};

/** One model a case: a single node whose inputs are all constants. */
export function singleOperators(): { name: string; model: Model }[] {
  return Object.entries(cases).map(
    ([name, { domain = '', opset = 21, inputs, attributes = {}, outputs = 1 }]) => {
      const b = new GraphBuilder();
      const values = inputs.map((given, i) => constantFor(b, `i${i}`, given));
      const node = b.nodeOf(name.split(' ')[0], values, {
        domain,
        attributes,
        outputs: Array.from({ length: outputs }, (_, i) => `y${i}`),
      });
      const model = b.model(opset, ...node.outputs.filter((value) => value !== undefined));
      if (domain) model.opsetImports.set(domain, 1);
      return { name, model };
    },
  );
}

function constantFor(b: GraphBuilder, name: string, given: Given | number): Value | undefined {
  if (given === undefined) return undefined;
  if (typeof given === 'number') return b.constant(name, int64(given));
  if ('shape' in given) {
    const { shape, dtype = 'float', value } = given;
    const ones = elementCount(shape);
    if (dtype === 'uint8' || dtype === 'bool')
      return b.constant(name, { dtype, shape, data: new Uint8Array(ones).fill(1) });
    if (dtype === 'int32')
      return b.constant(name, { dtype, shape, data: new Int32Array(ones).fill(value ?? 1) });
    if (dtype === 'int64') return b.constant(name, { dtype, shape, data: new BigInt64Array(ones) });
    // Upsample's scales: 1 for batch and channels, 2 in space.
    if (dtype === 'double') return b.constant(name, floats(shape, [1, 1, 2, 2]));
    return shape.length < 2
      ? b.constant(name, floats(shape, new Array(ones).fill(value ?? 0.5)))
      : b.constant(name, f32(shape, name));
  }
  return b.constant(name, int64(given));
}
