import type { Value } from '../../onnx/ir/value.ts';
import { elementCount } from '../../tensor/element-count.ts';
import type { GradientContext, GradientRule } from '../gradient.ts';

/**
 * In training form statistics are the batch's and the gradient passes through them (Ioffe & Szegedy 2015, §3); frozen, they
 * are constants and the layer is a scale and a shift a channel. With r = 1 / √(σ² + ε) and M elements a channel
 *
 *     dγ = r·(Σ dY·X − μ·Σ dY),  dX = γ·r·(dY − Σ dY / M − x̂·dγ / M),  x̂ = (X − μ)·r
 *
 * dX is the sum of two frozen normalizations, one of dY and one of X: as few passes over large tensors as there can be.
 */
export const batchNormalization: GradientRule = (context) => {
  const { node, write, wants } = context;
  const isTraining = node.int('training_mode') === 1;
  const shape = context.inputShape(0);
  const axes = besideChannels(shape.length);
  const dy = context.gradient(0)!;
  const { mean, variance } = isTraining
    ? batchStatistics(context, axes)
    : { mean: context.input(3), variance: context.input(4) };
  const epsilon = node.float('epsilon') ?? 1e-5;
  const root = write.op('Sqrt', [write.op('Add', [variance, write.scalar(epsilon)])]);
  const inverse = write.op('Reciprocal', [root]);
  const dShift = isTraining || wants(1) || wants(2) ? write.sum(dy, axes, false) : undefined;
  const dScale =
    isTraining || wants(1) ? scaleGradient(context, { dy, dShift: dShift!, mean, inverse, axes }) : undefined;
  const normalized = (value: Value, scale: Value, shift: Value | undefined, center: Value | undefined) =>
    write.op('BatchNormalization', [value, scale, shift ?? zeros(), center ?? zeros(), variance], {
      epsilon: { type: 'FLOAT', value: epsilon },
    });
  const zeros = () => write.constant({ dtype: 'float', shape: [shape[1]], data: new Float32Array(shape[1]) });
  const dx = () => {
    const scale = context.input(1);
    if (!isTraining) return normalized(dy, scale, undefined, undefined);
    const count = elementCount(shape) / shape[1];
    const share = write.op('Mul', [write.op('Mul', [scale, inverse]), write.scalar(-1 / count)]);
    const ofDy = normalized(dy, scale, write.op('Mul', [share, dShift]), undefined);
    return write.op('Add', [
      ofDy,
      normalized(context.input(0), write.op('Mul', [share, dScale]), undefined, mean),
    ]);
  };
  return [wants(0) ? dx() : undefined, wants(1) ? dScale : undefined, wants(2) ? dShift : undefined];
};

/** The node's further outputs where they are the batch's own; else they are computed again. */
function batchStatistics({ node, write, input }: GradientContext, axes: readonly number[]) {
  const [, mean, variance] = node.outputs;
  if (node.float('momentum') === 0 && mean && variance) return { mean, variance };
  const average = (value: Value, keepdims: number) =>
    write.op('ReduceMean', [value, write.ints(axes)], { keepdims });
  const centered = write.op('Sub', [input(0), average(input(0), 1)]);
  return { mean: average(input(0), 0), variance: average(write.op('Mul', [centered, centered]), 0) };
}

interface ScaleGradient {
  readonly dy: Value;
  readonly dShift: Value;
  readonly mean: Value;
  readonly inverse: Value;
  readonly axes: readonly number[];
}

function scaleGradient(
  { write, input }: GradientContext,
  { dy, dShift, mean, inverse, axes }: ScaleGradient,
): Value {
  const along = write.sum(write.op('Mul', [dy, input(0)]), axes, false);
  return write.op('Mul', [write.op('Sub', [along, write.op('Mul', [mean, dShift])]), inverse]);
}

/** All axes but the channels'. */
function besideChannels(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1);
}
