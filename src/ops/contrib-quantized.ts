import type { DataType } from '../base/tensor.ts';
import type { Dimension, TensorType } from '../onnx/ir/type.ts';
import { axesKept } from './axes-kept.ts';
import { axesOfConvolution } from './axes-of-convolution.ts';
import { axesOfElementwise } from './axes-of-elementwise.ts';
import { type AxisLink, type AxisMap, inputAxis, outputAxis } from './axis-map.ts';
import { broadcast } from './broadcast.ts';
import { inferConvolution } from './infer-convolution.ts';
import { macsOfConvolution } from './macs-of-convolution.ts';
import { normalizeAxis } from './normalize-axis.ts';
import type { AxesContext, InferenceContext, Op } from './op.ts';
import { sameAsInput } from './same-as-input.ts';
import { spatialAttributes, spatialLength } from './spatial.ts';

const domain = 'com.microsoft';

/** Operands stand at the given inputs, their scales and zero points between and behind them. */
function broadcasting(type: string, operands: readonly number[], typed = operands[0]): Op {
  return {
    type,
    domain,
    infer: ({ type: typeOf }) => {
      const data = typeOf(typed);
      return [data && { ...data, shape: broadcast(operands.map((i) => typeOf(i)?.shape)) }];
    },
    axes: (context) =>
      axesOfElementwise({
        ...context,
        inputShape: (i) => (operands.includes(i) ? context.inputShape(i) : []),
      }),
  };
}

/** X and its output's grid; each element on its own. */
function unary(type: string): Op {
  return { type, domain, infer: sameAsInput, axes: (context) => axesKept(context) };
}

function isChannelsLast({ node }: AxesContext | InferenceContext): boolean {
  return node.int('channels_last') === 1;
}

/** Position of spatial axis 0 and of the channels. */
function layout(
  context: AxesContext | InferenceContext,
  rank: number,
): { spatial: number; channels: number } {
  return isChannelsLast(context) ? { spatial: 1, channels: rank - 1 } : { spatial: 2, channels: 1 };
}

function inferPool(context: InferenceContext) {
  const data = context.type(0);
  if (!data?.shape) return [data];
  const { shape } = data;
  const { spatial } = layout(context, shape.length);
  const attributes = spatialAttributes(context.node, shape.length - 2);
  const ceil = context.node.int('ceil_mode') === 1;
  const pooled = shape.map((n, i): Dimension => {
    const axis = i - spatial;
    return axis < 0 || axis >= shape.length - 2 ? n : spatialLength(n, attributes, axis, ceil);
  });
  return [{ ...data, shape: pooled }];
}

function axesOfPool(context: AxesContext): AxisMap | undefined {
  return axesKept(context, (axis, rank) => axis > 0 && axis !== layout(context, rank).channels);
}

function inferGlobalPool(context: InferenceContext) {
  const data = context.type(0);
  const shape = data?.shape?.map((n, i, all) =>
    i === 0 || i === layout(context, all.length).channels ? n : 1,
  );
  return [data && { ...data, shape }];
}

function axesOfGlobalPool(context: AxesContext): AxisMap | undefined {
  return context.inputShape(0)?.map((_, axis, all): AxisLink => {
    const isKept = axis === 0 || axis === layout(context, all.length).channels;
    return isKept
      ? { kind: 'same', places: [inputAxis(0, axis), outputAxis(0, axis)] }
      : { kind: 'reduced', places: [inputAxis(0, axis)], isSum: false };
  });
}

/** Y scale, Y zero point, then data, scale and zero point of each part. */
function dataInputsOfConcat({ node }: AxesContext | InferenceContext): number[] {
  return node.inputs.flatMap((_, i) => (i >= 2 && (i - 2) % 3 === 0 ? [i] : []));
}

function inferConcat(context: InferenceContext): (TensorType | undefined)[] {
  const parts = dataInputsOfConcat(context).map((i) => context.type(i));
  const known = parts.find((t) => t?.shape);
  if (!known?.shape) return [parts[0]];
  const axis = normalizeAxis(context.node.int('axis') ?? 0, known.shape.length);
  const shape = known.shape.map((n, i) => {
    if (i !== axis) return n;
    const lengths = parts.map((t) => t?.shape?.[i]);
    return lengths.every((m) => typeof m === 'number') ? lengths.reduce((a, b) => a + b, 0) : null;
  });
  return [{ ...known, shape }];
}

function axesOfConcat(context: AxesContext): AxisMap | undefined {
  const inputs = dataInputsOfConcat(context);
  const rank = context.inputShape(inputs[0])?.length;
  if (rank === undefined) return undefined;
  const joined = normalizeAxis(context.node.int('axis') ?? 0, rank);
  return Array.from({ length: rank }, (_, axis): AxisLink => {
    const parts = inputs.map((i) => inputAxis(i, axis));
    const whole = outputAxis(0, axis);
    return axis === joined
      ? { kind: 'concatenated', parts, whole }
      : { kind: 'same', places: [...parts, whole] };
  });
}

/** The engine's QLinearConv also takes data with channels last, which no rule here describes. */
function inferConv(context: InferenceContext) {
  const dtype: DataType | undefined = context.type(7)?.dtype ?? context.type(0)?.dtype;
  if (!isChannelsLast(context)) return inferConvolution(context, 3, dtype);
  const data = context.type(0);
  return [data && dtype && { ...data, dtype, shape: data.shape?.map((n, i) => (i === 0 ? n : null)) }];
}

const layers: readonly Op[] = [
  broadcasting('QLinearAdd', [0, 3]),
  broadcasting('QLinearMul', [0, 3]),
  broadcasting('QLinearWhere', [0, 1, 4], 1),
  unary('QLinearLeakyRelu'),
  unary('QLinearSigmoid'),
  {
    type: 'QLinearSoftmax',
    domain,
    infer: sameAsInput,
    axes: (context) => {
      const along = context.node.int('axis') ?? -1;
      return axesKept(context, (axis, rank) => axis === normalizeAxis(along, rank));
    },
  },
  { type: 'QLinearConcat', domain, infer: inferConcat, axes: axesOfConcat },
  { type: 'QLinearAveragePool', domain, infer: inferPool, axes: axesOfPool },
  {
    type: 'QLinearGlobalAveragePool',
    domain,
    infer: inferGlobalPool,
    axes: axesOfGlobalPool,
  },
  {
    type: 'QLinearConv',
    domain,
    infer: inferConv,
    axes: (context) =>
      isChannelsLast(context) ? undefined : axesOfConvolution(context, { weight: 3, perChannel: [4, 5, 8] }),
    macs: (context) => macsOfConvolution(context, 3),
  },
  {
    type: 'NhwcMaxPool',
    domain,
    infer: (context) => {
      const data = context.type(0);
      const attributes = spatialAttributes(context.node, (data?.shape?.length ?? 2) - 2);
      const ceil = context.node.int('ceil_mode') === 1;
      const shape = data?.shape?.map((n, i, all) =>
        i === 0 || i === all.length - 1 ? n : spatialLength(n, attributes, i - 1, ceil),
      );
      return [data && { ...data, shape }];
    },
    axes: (context) => axesKept(context, (axis, rank) => axis > 0 && axis < rank - 1),
  },
];

/** Layers on 8-bit codes that ONNX Runtime's QOperator layout and its fusions are made of. */
export const contribQuantizedOps: readonly Op[] = layers.map((op) => ({ ...op, isQuantized: true }));
