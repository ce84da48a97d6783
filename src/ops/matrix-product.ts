import type { DataType } from '../base/tensor.ts';
import { constantOf } from '../onnx/constant-of.ts';
import type { Node } from '../onnx/ir/node.ts';
import { elementCount } from '../tensor/element-count.ts';
import { axesOfMatMul } from './axes-of-matmul.ts';
import { qgemm, quantizedMatMul } from './codes-forms.ts';
import { axesOfGemm, macsOfGemm, shapeOfGemm } from './gemm.ts';
import type { AxesContext, CostContext, InferenceContext, Op, WeightRole } from './op.ts';
import { shapeOfMatMul } from './shape-of-matmul.ts';

/** @param b which input is the right factor */
function inferMatMul({ type }: InferenceContext, b = 1, dtype: DataType | undefined = type(0)?.dtype) {
  return dtype
    ? [{ kind: 'tensor' as const, dtype, shape: shapeOfMatMul(type(0)?.shape, type(b)?.shape) }]
    : [];
}

function axesOfProduct({ inputShape }: AxesContext, b = 1) {
  return axesOfMatMul({ index: 0, shape: inputShape(0) }, { index: b, shape: inputShape(b) });
}

function macsOfMatMul({ inputShape, outputShape }: CostContext): number {
  const a = inputShape(0);
  const output = outputShape(0);
  return a && output ? elementCount(output) * (a.at(-1) ?? 1) : 0;
}

function weightsOfGemm(node: Node): WeightRole[] {
  const isTransposed = node.int('transB') === 1;
  const isPlain = !node.int('transA') && (node.float('alpha') ?? 1) === 1 && (node.float('beta') ?? 1) === 1;
  return [
    {
      input: 1,
      ownAxes: [isTransposed ? 0 : 1],
      ...(isPlain && { product: { isTransposed, bias: node.inputs[2] && 2 } }),
    },
    { input: 0, ownAxes: [node.int('transA') ? 1 : 0] },
  ];
}

/** All axes but the one that is summed over. */
function weightsOfMatMul(node: Node): WeightRole[] {
  return [1, 0].map((input): WeightRole => {
    const rank = rankOf(node.inputs[input] && constantOf(node.inputs[input])?.shape);
    const summed = input === 0 ? rank - 1 : Math.max(rank - 2, 0);
    const ownAxes = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== summed);
    const isRightMatrix = input === 1 && rank === 2;
    return {
      input,
      ownAxes,
      ...(isRightMatrix && { product: { isTransposed: false, bias: undefined } }),
    };
  });
}

export const matrixProductOps: readonly Op[] = [
  {
    type: 'Gemm',
    domain: '',
    infer: ({ node, type }) => {
      const a = type(0);
      return [a && { ...a, shape: shapeOfGemm(node, a.shape, type(1)?.shape) }];
    },
    axes: (context) => axesOfGemm(context),
    role: { kind: 'weighted', weight: 1, bias: 2, channelAxis: (node: Node) => (node.int('transB') ? 0 : 1) },
    onCodes: qgemm,
    weights: weightsOfGemm,
    dynamic: 'product',
    macs: macsOfGemm,
    upgrades: {
      // Since 7 C broadcasts by itself.
      7: ({ node }) => {
        node.attributes.delete('broadcast');
      },
    },
  },
  {
    type: 'MatMul',
    domain: '',
    infer: (context) => inferMatMul(context),
    axes: (context) => axesOfProduct(context),
    role: {
      kind: 'weighted',
      weight: 1,
      takesData: true,
      channelAxis: (node) => rankOf(node.inputs[1]?.initializer?.shape) - 1,
    },
    onCodes: quantizedMatMul,
    weights: weightsOfMatMul,
    dynamic: 'product',
    macs: macsOfMatMul,
  },
  {
    type: 'MatMulInteger',
    domain: '',
    isQuantized: true,
    infer: (context) => inferMatMul(context, 1, 'int32'),
    axes: (context) => axesOfProduct(context),
    macs: macsOfMatMul,
  },
  {
    // a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point
    type: 'QLinearMatMul',
    domain: '',
    isQuantized: true,
    infer: (context) => inferMatMul(context, 3, context.type(7)?.dtype),
    axes: (context) => axesOfProduct(context, 3),
    macs: macsOfMatMul,
  },
  {
    type: 'Det',
    domain: '',
    infer: ({ type }) => {
      const data = type(0);
      return [data && { ...data, shape: data.shape?.slice(0, -2) }];
    },
  },
];

function rankOf(shape: readonly number[] | undefined): number {
  return shape?.length ?? 0;
}
