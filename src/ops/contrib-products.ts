import type { DataType } from '../base/tensor.ts';
import type { Dimension, Shape, TensorType } from '../onnx/ir/type.ts';
import { elementCount } from '../tensor/element-count.ts';
import { axesOfMatMul } from './axes-of-matmul.ts';
import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import { axesOfGemm, macsOfGemm, shapeOfGemm } from './gemm.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { AxesContext, CostContext, InferenceContext, Op } from './op.ts';
import { inferRecurrent } from './recurrent.ts';
import { shapeOfMatMul } from './shape-of-matmul.ts';

const domain = 'com.microsoft';

/** Products of 8-bit codes that come out as numbers of type `dtype`. */
function product(type: string, dtypeOf: (context: InferenceContext) => DataType | undefined): Op {
  return {
    type,
    domain,
    isQuantized: true,
    infer: (context) => {
      const dtype = dtypeOf(context);
      const shape = shapeOfMatMul(context.type(0)?.shape, context.type(1)?.shape);
      return [dtype && { kind: 'tensor', dtype, shape }];
    },
    axes: ({ inputShape }) =>
      axesOfMatMul({ index: 0, shape: inputShape(0) }, { index: 1, shape: inputShape(1) }),
    macs: macsOfProduct,
  };
}

function macsOfProduct({ inputShape, outputShape }: CostContext): number {
  const [a, output] = [inputShape(0), outputShape(0)];
  return a && output ? elementCount(output) * (a.at(-1) ?? 1) : 0;
}

/** A [… , K] by a weight of N columns that is stored in blocks. */
function inferNBits({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const a = type(0);
  return [a && { ...a, shape: a.shape && [...a.shape.slice(0, -1), node.int('N') ?? null] }];
}

function axesOfNBits({ inputShape }: AxesContext): AxisMap | undefined {
  const a = inputShape(0);
  return a?.map((_, axis): AxisLink => {
    const last = a.length - 1;
    if (axis < last) return { kind: 'same', places: [inputAxis(0, axis), outputAxis(0, axis)] };
    // The weight lies as [N, blocks, bytes].
    return { kind: 'same', places: [inputAxis(1, 0), outputAxis(0, last)] };
  });
}

/** Codes of `bits` bits; in bytes they lie packed along the quantized axis. */
function inferGatherBlocks({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const [data, indices, scales] = [type(0), type(1)?.shape, type(2)];
  if (!data?.shape || !indices || !scales) return [scales && { ...scales, shape: undefined }];
  const rank = data.shape.length;
  const packed = data.dtype === 'uint8' ? 8 / (node.int('bits') ?? 4) : 1;
  const quantized = normalizeAxis(node.int('quantize_axis') ?? 1, rank);
  const unpacked = data.shape.map((n, i): Dimension => {
    return i === quantized && typeof n === 'number' ? n * packed : n;
  });
  const axis = normalizeAxis(node.int('gather_axis') ?? 0, rank);
  return [{ ...scales, shape: [...unpacked.slice(0, axis), ...indices, ...unpacked.slice(axis + 1)] }];
}

/** FusedMatMul: a factor may lie transposed, alone or with its batch axes turned to the front. */
function transposed(shape: Shape | undefined, isTransposed: boolean): Shape | undefined {
  if (!isTransposed || !shape || shape.length < 2) return shape;
  return [...shape.slice(0, -2), shape[shape.length - 1], shape[shape.length - 2]];
}

function inferFusedMatMul({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const [a, b] = [type(0), type(1)];
  if (node.int('transBatchA') || node.int('transBatchB')) return [a && { ...a, shape: undefined }];
  const left = transposed(a?.shape, node.int('transA') === 1);
  const right = transposed(b?.shape, node.int('transB') === 1);
  return [a && { ...a, shape: shapeOfMatMul(left, right) }];
}

function axesOfFusedMatMul({ node, inputShape }: AxesContext): AxisMap | undefined {
  if (['transA', 'transB', 'transBatchA', 'transBatchB'].some((name) => node.int(name))) return undefined;
  return axesOfMatMul({ index: 0, shape: inputShape(0) }, { index: 1, shape: inputShape(1) });
}

function macsOfFusedMatMul({ node, inputShape, outputShape }: CostContext): number {
  const [a, output] = [inputShape(0), outputShape(0)];
  const inner = a?.[a.length - (node.int('transA') ? 2 : 1)];
  return inner && output ? elementCount(output) * inner : 0;
}

/** a, its scale and zero point, b, its scale and zero point, C, and y's scale and zero point, without which y is float. */
function inferQGemm({ node, type }: InferenceContext): (TensorType | undefined)[] {
  const [a, b] = [type(0), type(3)];
  const dtype = node.inputs[7] ? (type(8)?.dtype ?? a?.dtype) : 'float';
  return [a && dtype && { ...a, dtype, shape: shapeOfGemm(node, a.shape, b?.shape) }];
}

/** Quantized, whatever else they are: nothing here describes their shapes. */
const blockwise = ['MatMulBnb4', 'MatMulFpQ4', 'QMoE', 'QEmbedLayerNormalization'];

export const contribProductOps: readonly Op[] = [
  ...blockwise.map((type) => ({ type, domain, isQuantized: true })),
  product('MatMulIntegerToFloat', ({ type }) => type(2)?.dtype ?? 'float'),
  product('DynamicQuantizeMatMul', ({ type }) => type(0)?.dtype),
  {
    type: 'MatMulNBits',
    domain,
    isQuantized: true,
    infer: inferNBits,
    axes: axesOfNBits,
    macs: macsOfProduct,
  },
  { type: 'GatherBlockQuantized', domain, infer: inferGatherBlocks, isQuantized: true },
  {
    type: 'FusedMatMul',
    domain,
    infer: inferFusedMatMul,
    axes: axesOfFusedMatMul,
    weights: (node) => [{ input: 1, ownAxes: [node.int('transB') ? 0 : 1] }],
    macs: macsOfFusedMatMul,
  },
  {
    type: 'FusedGemm',
    domain,
    infer: ({ node, type }) => {
      const a = type(0);
      return [a && { ...a, shape: shapeOfGemm(node, a.shape, type(1)?.shape) }];
    },
    axes: (context) => axesOfGemm(context),
    macs: macsOfGemm,
  },
  {
    type: 'QGemm',
    domain,
    isQuantized: true,
    infer: inferQGemm,
    axes: (context) => axesOfGemm(context, { b: 3, c: 6, columns: [4, 5] }),
    macs: macsOfGemm,
  },
  {
    // W [D, I, 4 · H] and R [D, H, 4 · H] lie transposed beside LSTM's.
    type: 'DynamicQuantizeLSTM',
    domain,
    isQuantized: true,
    infer: ({ node, type, ...context }) =>
      inferRecurrent({ ...context, node, type: (i) => (i === 2 ? undefined : type(i)) }, 2),
    macs: ({ inputShape }) => {
      const [data, w, r] = [inputShape(0), inputShape(1), inputShape(2)];
      return data && w && r ? data[0] * data[1] * (elementCount(w) + elementCount(r)) : 0;
    },
  },
];
