import { constantOf } from '../onnx/constant-of.ts';
import type { Node } from '../onnx/ir/node.ts';
import { elementCount } from '../tensor/element-count.ts';
import { axesOfConvolution, spatialLinks } from './axes-of-convolution.ts';
import { type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import { qlinearConv } from './codes-forms.ts';
import { inferConvolution } from './infer-convolution.ts';
import { macsOfConvolution } from './macs-of-convolution.ts';
import type { AxesContext, InferenceContext, Op } from './op.ts';
import { spatialAttributes, transposedLength } from './spatial.ts';

/** ConvTranspose: weight [C, M / group, kernel …]. */
function inferTransposed({ node, type }: InferenceContext) {
  const data = type(0);
  const weight = type(1)?.shape;
  if (!data?.shape || !weight) return [data && { ...data, shape: undefined }];
  const perGroup = weight[1];
  const channels = typeof perGroup === 'number' ? perGroup * (node.int('group') ?? 1) : null;
  const spatial = data.shape.slice(2);
  const kernel = node.ints('kernel_shape') ?? weight.slice(2);
  if (kernel.some((n) => typeof n !== 'number')) return [{ ...data, shape: undefined }];
  // All are numbers, as just checked.
  const attributes = spatialAttributes(node, spatial.length, kernel as number[]);
  const lengths = spatial.map((n, axis) => transposedLength(n, attributes, axis, node));
  return [{ ...data, shape: [data.shape[0], channels, ...lengths] }];
}

function axesOfTransposed({ node, inputShape }: AxesContext): AxisMap | undefined {
  const rank = inputShape(0)?.length;
  if (rank === undefined) return undefined;
  const groups = node.int('group') ?? 1;
  const bias = node.inputs[2] ? [inputAxis(2, 0)] : [];
  const [data, produced] = [inputAxis(0, 1), outputAxis(0, 1)];
  return [
    { kind: 'same', places: [inputAxis(0, 0), outputAxis(0, 0)] },
    ...spatialLinks(rank),
    ...(groups === 1
      ? ([
          { kind: 'reduced', places: [data, inputAxis(1, 0)], isSum: true },
          { kind: 'same', places: [inputAxis(1, 1), ...bias, produced] },
        ] as const)
      : ([
          { kind: 'same', places: [data, inputAxis(1, 0)] },
          { kind: 'same', places: [...bias, produced] },
          { kind: 'grouped', places: [data, produced], groups },
          { kind: 'repeated', part: inputAxis(1, 1), whole: produced, count: groups, order: 'blocks' },
        ] as const)),
  ];
}

/** One output channel a group: axis 1 of a transposed convolution's weight has length 1. */
function isDepthwise(node: Node): boolean {
  return node.inputs[1] !== undefined && constantOf(node.inputs[1])?.shape[1] === 1;
}

const quantizedConvolution = (context: AxesContext) =>
  axesOfConvolution(context, { weight: 3, perChannel: [4, 5, 8] });

export const convolutionOps: readonly Op[] = [
  {
    type: 'Conv',
    domain: '',
    infer: (context) => inferConvolution(context),
    axes: (context) => axesOfConvolution(context),
    role: { kind: 'weighted', weight: 1, bias: 2, channelAxis: () => 0 },
    onCodes: qlinearConv,
    weights: () => [{ input: 1, ownAxes: [0] }],
    macs: (context) => macsOfConvolution(context),
  },
  {
    type: 'ConvTranspose',
    domain: '',
    infer: inferTransposed,
    axes: axesOfTransposed,
    role: { kind: 'weighted', weight: 1, bias: 2, channelAxis: (_: Node) => 1 },
    weights: (node) => [{ input: 1, ownAxes: [isDepthwise(node) ? 0 : 1] }],
    // Each input element goes into (M / group) · kernel sums.
    macs({ inputShape }) {
      const [data, weight] = [inputShape(0), inputShape(1)];
      return data && weight ? elementCount(data) * elementCount(weight.slice(1)) : 0;
    },
  },
  {
    type: 'ConvInteger',
    domain: '',
    isQuantized: true,
    infer: (context) => inferConvolution(context, 1, 'int32'),
    axes: (context) => axesOfConvolution(context, { weight: 1, perChannel: [3] }),
    macs: (context) => macsOfConvolution(context),
  },
  {
    type: 'QLinearConv',
    domain: '',
    isQuantized: true,
    infer: (context) => inferConvolution(context, 3, context.type(7)?.dtype ?? context.type(0)?.dtype),
    axes: quantizedConvolution,
    macs: (context) => macsOfConvolution(context, 3),
  },
  {
    type: 'DeformConv',
    domain: '',
    infer: (context) => inferConvolution(context),
    axes: (context) => axesOfConvolution(context, { weight: 1, perChannel: [3] }),
    weights: () => [{ input: 1, ownAxes: [0] }],
    macs: (context) => macsOfConvolution(context),
  },
];
