import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { GradientContext, GradientRule, GradientRules } from '../gradient.ts';
import { normalizeAxis } from '../normalize-axis.ts';
import { batchNormalization } from './batch-normalization.ts';

/** x over the axes that share statistics, normalized: x̂ = (x − μ)·r with r = 1 / √(σ² + ε). */
interface Normalized {
  readonly hat: Value;
  /** r, with the axes kept. */
  readonly inverse: Value;
  readonly axes: readonly number[];
}

function normalized(
  { write }: GradientContext,
  x: Value,
  axes: readonly number[],
  { epsilon, isCentered = true }: { epsilon: number; isCentered?: boolean },
): Normalized {
  const mean = (value: Value) => write.op('ReduceMean', [value, write.ints(axes)], { keepdims: 1 });
  const centered = isCentered ? write.op('Sub', [x, mean(x)]) : x;
  const variance = mean(write.op('Mul', [centered, centered]));
  const root = write.op('Sqrt', [write.op('Add', [variance, write.scalar(epsilon)])]);
  const inverse = write.op('Reciprocal', [root]);
  return { hat: write.op('Mul', [centered, inverse]), inverse, axes };
}

/** dx = r·(g − mean g − x̂·mean(g·x̂)), g = dL/dx̂; without centring the mean of g stays. */
function throughStatistics(
  { write }: GradientContext,
  g: Value,
  { hat, inverse, axes }: Normalized,
  isCentered = true,
): Value {
  const mean = (value: Value) => write.op('ReduceMean', [value, write.ints(axes)], { keepdims: 1 });
  const along = write.op('Mul', [hat, mean(write.op('Mul', [g, hat]))]);
  const rest = write.op('Sub', [g, along]);
  return write.op('Mul', [inverse, isCentered ? write.op('Sub', [rest, mean(g)]) : rest]);
}

/** A vector over channels (axis 1) in a shape that broadcasts over `rank` axes. */
function byChannel({ write }: GradientContext, vector: Value, rank: number, channels: number): Value {
  return write.reshape(vector, [1, channels, ...new Array<number>(rank - 2).fill(1)]);
}

/** All axes but the channels'. */
function besideChannels(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1);
}

const instanceNormalization: GradientRule = (context) => {
  const { node, write, wants } = context;
  const shape = context.inputShape(0);
  const spatial = shape.slice(2).map((_, i) => i + 2);
  const epsilon = node.float('epsilon') ?? 1e-5;
  const parts = normalized(context, context.input(0), spatial, { epsilon });
  const dy = context.gradient(0)!;
  const scale = byChannel(context, context.input(1), shape.length, shape[1]);
  const axes = besideChannels(shape.length);
  return [
    wants(0) ? throughStatistics(context, write.op('Mul', [dy, scale]), parts) : undefined,
    wants(1) ? write.sum(write.op('Mul', [dy, parts.hat]), axes, false) : undefined,
    wants(2) ? write.sum(dy, axes, false) : undefined,
  ];
};

/** Channels in groups that share statistics: [N, G, C/G, …]. Scale and bias are one a channel since operator set 21. */
const groupNormalization: GradientRule = (context) => {
  const { node, write, wants } = context;
  const shape = context.inputShape(0);
  const groups = node.int('num_groups') ?? 1;
  const split = [shape[0], groups, elementCount(shape.slice(1)) / groups];
  const epsilon = node.float('epsilon') ?? 1e-5;
  const parts = normalized(context, write.reshape(context.input(0), split), [2], { epsilon });
  const dy = context.gradient(0)!;
  const scale = byChannel(context, context.input(1), shape.length, shape[1]);
  const axes = besideChannels(shape.length);
  const dx = () => {
    const g = write.reshape(write.op('Mul', [dy, scale]), split);
    return write.reshape(throughStatistics(context, g, parts), shape);
  };
  const hat = () => write.reshape(parts.hat, shape);
  return [
    wants(0) ? dx() : undefined,
    wants(1) ? write.sum(write.op('Mul', [dy, hat()]), axes, false) : undefined,
    wants(2) ? write.sum(dy, axes, false) : undefined,
  ];
};

/** Layer normalization, and without centring RMS normalization (Zhang & Sennrich 2019), over the axes from `axis` on. */
function layerNormalization(isCentered: boolean): GradientRule {
  return (context) => {
    const { node, write, wants } = context;
    const shape = context.inputShape(0);
    const first = normalizeAxis(node.int('axis') ?? -1, shape.length);
    const axes = shape.map((_, axis) => axis).slice(first);
    const epsilon = node.float('epsilon') ?? 1e-5;
    const parts = normalized(context, context.input(0), axes, { epsilon, isCentered });
    const dy = context.gradient(0)!;
    const g = () => write.op('Mul', [dy, context.input(1)]);
    return [
      wants(0) ? throughStatistics(context, g(), parts, isCentered) : undefined,
      wants(1) ? write.sumTo(write.op('Mul', [dy, parts.hat]), shape, context.inputShape(1)) : undefined,
      wants(2) ? write.sumTo(dy, shape, context.inputShape(2)) : undefined,
    ];
  };
}

/** y = x / ‖x‖ₚ along an axis: dx = (dy − n·Σ dy·y) / ‖x‖, n the slope of the norm. */
const lpNormalization: GradientRule = (context) => {
  const { node, write } = context;
  const axis = normalizeAxis(node.int('axis') ?? -1, context.inputShape(0).length);
  const isEuclidean = (node.int('p') ?? 2) === 2;
  const x = context.input(0);
  const norm = write.op(isEuclidean ? 'ReduceL2' : 'ReduceL1', [x, write.ints([axis])], { keepdims: 1 });
  const slope = isEuclidean ? node.output : write.op('Sign', [x]);
  const dy = context.gradient(0)!;
  const along = write.sum(write.op('Mul', [dy, node.output]), [axis]);
  const rest = write.op('Sub', [dy, write.op('Mul', [slope, along])]);
  return [write.op('Div', [rest, write.op('Max', [norm, write.scalar(1e-30)])])];
};

export const normalizationGradients: GradientRules = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  LayerNormalization: layerNormalization(true),
  RMSNormalization: layerNormalization(false),
  LpNormalization: lpNormalization,
};
